"""A report whose header is wrong is named with file, line and key; it stops nothing else, and never fails oddly."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from generative.fuzz import fuzz
from hypothesis import given
from hypothesis import strategies as st

from cli.run_program import MIRADOR, RunResult
from opttius_cli.errors import ConfigError
from opttius_cli.reports.header import Report, parse_report
from opttius_cli.reports.library import Library
from opttius_cli.reports.shared_columns import load_shared_columns
from opttius_cli.reports.shared_views import parse_shared_view

if TYPE_CHECKING:
    from collections.abc import Callable

REPORTS = Library(Path("/nonexistent"))

HEADER = """\
title = { es = "Clientes por sucursal", en = "Customers per branch" }
grain = "one row per branch"
shape = "rows"
needs = "orders"
uses = ["customer_facts"]
history = "all"
period = false
group_size = "customers"
chart = { kind = "bar", x = "branch", y = "customers" }
columns = ["branch", "customers"]
[column]
branch = { vocabulary = "segment" }
customers = { kind = "count", needs = "customers", total = true, es = "Clientes", en = "Customers" }
"""
BODY = """\
SELECT branches.code AS branch, count(customers.id) AS customers
FROM customers
LEFT JOIN branches ON customers.branch_id = branches.id
GROUP BY branches.code
ORDER BY branch
"""


def write_report(header: str, body: str = BODY) -> str:
    """The text of a report with this header."""
    comments = "".join(f"-- {line}\n" for line in header.splitlines())
    return f"-- ---\n{comments}-- ---\n{body}"


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the user's own reports, with a good one in it."""
    folder = tmp_path / "settings" / "reports"
    folder.mkdir(parents=True)
    (folder / "good.sql").write_text(write_report(HEADER), encoding="utf-8")
    monkeypatch.setenv("OPTTIUS_CONFIG_DIR", str(folder.parent))
    return folder


WRONG = [
    ('needs = "orders"', 'needs = "ordrs"', "line 5: needs: there is no table ordrs. Did you mean orders"),
    ('needs = "orders"', "needs = []", "line 5: needs: must be a list of names"),
    ('["customer_facts"]', '["customer_fact"]', "line 6: uses: there is no shared view customer_fact."),
    ('"all"', '"every"', "line 7: history: must be one of all, year, window, none"),
    ("= false", "= 0", "line 8: period: must be true or false"),
    ('group_size = "customers"', 'group_size = "branch"', "line 9: group_size: names branch, which is not"),
    ('x = "branch"', 'x = "branches"', "line 10: chart.x: there is no column branches"),
    ('y = "customers"', 'y = "branch"', "line 10: chart.y: branch is not a column of numbers"),
    ('kind = "bar"', 'kind = "line"', "line 10: chart.x: a line chart needs dates as x"),
    ('kind = "bar", ', "", "line 10: chart.kind: is missing"),
    ('"customers"]', '"customers", "branch"]', "line 11: columns: names branch twice"),
    ('["branch", ', '["branch", "nobody", ', "line 11: columns: column nobody needs a kind, one of money"),
    ('"segment"', '"segments"', "line 13: column.branch.vocabulary: there is no vocabulary segments."),
    ('vocabulary = "segment"', "total = true", "line 13: column.branch.total: is for the kinds count, days"),
    (
        'needs = "customers", ',
        'needs = "client", ',
        "line 14: column.customers.needs: there is no table client",
    ),
    (
        "total = true",
        "free_text = true",
        "line 14: column.customers.free_text: is for the kinds id, list, text",
    ),
    ("[column]", "[column]\nextra = 'text'", "line 12: column: there is no column extra."),
    ("period = false", 'parameters.since = "a day"', "line 8: parameters.since: the SQL does not use $since"),
    ('shape = "rows"', 'shape = "list"', "line 4: shape: a list is the values of one column"),
    (
        'title = { es = "Clientes por sucursal", en = "Customers per branch" }',
        "title = 5",
        "line 2: title: must",
    ),
    ("one row per branch", r"one\nrow", "line 3: grain: must be one line without control characters"),
    ('y = "customers"', 'y = "customers", group = "x"', "line 10: chart.group: there is no column x"),
    ('y = "customers"', 'y = "customers", end = "x.y"', "line 10: chart.end: needs start beside it"),
    ("period = false", 'model = "split_mix"', "line 8: model: is not a key here"),
    ('shape = "rows"', 'shape = "nested"', "line 4: shape: a nested map has two columns of keys"),
    (
        "period = false",
        'form = { page_per = "branch", outcomes = "contact" }',
        "line 8: form.outcomes: there is no vocabulary contact",
    ),
    (
        "period = false",
        'form = { page_per = "day", outcomes = "contact_outcome" }',
        "line 8: form.page_per: there is no column day",
    ),
    (
        "period = false",
        'matrix = { row = "branch", column = "customers", value = "customers", weight = "customers" }',
        "line 8: matrix.column: customers is not a column with a vocabulary",
    ),
    (
        "period = false",
        'matrix = { row = "branch", column = "branch", value = "branch", weight = "customers" }',
        "line 8: matrix.value: branch is not a column of numbers",
    ),
    ("total = true", f"total = {'9' * 5000}", "line 14: this is not valid TOML"),
    ("total = true", f"total = {'[' * 500}{']' * 500}", "line 14: this is not valid TOML"),
]


@pytest.mark.parametrize(("before", "after", "message"), WRONG)
def test_a_wrong_key_is_named_with_its_line(before: str, after: str, message: str) -> None:
    assert before in HEADER
    with pytest.raises(ConfigError) as error:
        parse_report("user/own", write_report(HEADER.replace(before, after, 1)), "own.sql")
    assert str(error.value).startswith(f"own.sql, {message}")


def test_a_column_is_what_the_shared_declaration_says_until_the_header_changes_it() -> None:
    shared = parse_report("user/own", write_report('columns = ["customers"]'), "own.sql").columns[0]
    assert shared.labels["en"] == load_shared_columns()["customers"]["en"]
    changed = parse_report(
        "user/own", write_report('columns = ["customers"]\n[column]\ncustomers = { en = "Heads" }'), "own.sql"
    ).columns[0]
    assert (changed.kind, changed.labels) == (shared.kind, {"es": shared.labels["es"], "en": "Heads"})
    own = parse_report(
        "user/own", write_report('[columns]\ncustomers = { kind = "text" }'), "own.sql"
    ).columns[0]
    assert (own.kind, own.labels["es"], own.is_additive) == ("text", "customers", False)


def test_a_shared_view_is_checked_by_the_same_rules() -> None:
    header = "-- ---\n-- about = 'x'\n-- orders_from = 'always'\n-- ---\nSELECT 1\n"
    with pytest.raises(ConfigError, match="base/own, line 3: orders_from: "):
        parse_shared_view("own", header)
    with pytest.raises(ConfigError, match="line 2: abuot: is not a key here"):
        parse_shared_view("own", header.replace("about", "abuot"))


BAD_FILES: dict[str, bytes] = {
    "title is a number": write_report("title = 5\n" + HEADER.partition("\n")[2]).encode(),
    "nested": write_report(f"title = {'[' * 500}{']' * 500}").encode(),
    "nested tables": write_report("title = " + "{ a = " * 500 + "1" + " }" * 500).encode(),
    "long number": write_report(f"title = {'9' * 5000}").encode(),
    "Latin-1": write_report(HEADER.replace("Clientes", "Óptica")).encode("latin-1"),
    "UTF-16": write_report(HEADER).encode("utf-16"),
    "NUL": write_report(HEADER).encode().replace(b"branch", b"bra\0nch"),
    "empty": b"",
}


def check_that_only_bad_is_named(run: Callable[..., RunResult], shop: Path) -> None:
    """The bad report is named by check and list, and ends with 3; the good one goes on."""
    checked = run("reports", "check")
    assert checked.code == 3
    assert [line.partition(":")[0] for line in checked.out.splitlines()] == ["user/bad"]
    assert "bad.sql, line " in checked.out
    listed = run("reports", "list")
    assert (listed.code, listed.err) == (0, "")
    assert "bad.sql, line " in listed.out
    assert "user/good" in listed.out
    assert run("export", "--list").code == 0
    failed = run("export", "bad", "-s", shop, *MIRADOR, "-o", "-", "--quiet")
    assert (failed.code, failed.out) == (3, "")
    assert len(failed.err.splitlines()) == 1
    exported = run("export", "good", "-s", shop, *MIRADOR, "-o", "-", "--quiet")
    assert (exported.code, exported.err) == (0, "")


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_report_stops_no_other(
    run: Callable[..., RunResult], shop: Path, reports: Path, content: bytes
) -> None:
    (reports / "bad.sql").write_bytes(content)
    check_that_only_bad_is_named(run, shop)


@pytest.mark.parametrize("name", ["a\x1b[31mb", "a\nb", "a\udce9b", "a\u202eb"])
def test_a_file_whose_name_cannot_be_printed_is_told_escaped(
    run: Callable[..., RunResult], reports: Path, name: str
) -> None:
    (reports / f"{name}.sql").write_text(write_report(HEADER), encoding="utf-8")
    escaped = name.encode("unicode_escape").decode().replace("\\x", "\\u00").replace("\\n", "\\u000a")
    for command, code in (("check", 3), ("list", 0)):
        ran = run("reports", command)
        (line,) = [line for line in ran.out.splitlines() if line.startswith("user/a")]
        assert ran.code == code
        assert line.startswith(f"user/{escaped}")
        assert line.endswith(
            f"{escaped}.sql, line 1: its name has a character that cannot be printed. Rename it."
        )


@pytest.mark.parametrize("what", ["folder", "dangling link", "loop", "pipe"])
def test_a_file_that_cannot_be_read_stops_no_other(
    run: Callable[..., RunResult], shop: Path, reports: Path, what: str
) -> None:
    bad = reports / "bad.sql"
    if what == "folder":
        bad.mkdir()
    elif what == "pipe":
        os.mkfifo(bad)
    else:
        bad.symlink_to(bad if what == "loop" else reports / "nothing.sql")
    check_that_only_bad_is_named(run, shop)


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ("record", "a record is one row, the SQL returns 4"),
        ("map", "the keys of a map are there and differ; those of branch do not"),
    ],
)
def test_rows_that_json_could_not_hold_are_refused(
    run: Callable[..., RunResult], shop: Path, reports: Path, shape: str, sentence: str
) -> None:
    header = HEADER.replace('shape = "rows"', f'shape = "{shape}"')
    body = BODY.replace("branches.code AS branch", "'CM' AS branch")
    (reports / "good.sql").write_text(write_report(header, body), encoding="utf-8")
    ran = run("export", "good", "-s", shop, *MIRADOR, "-f", "json", "-o", "-", "--quiet")
    assert (ran.code, ran.out) == (3, "")
    assert f"{sentence}. " in ran.err
    assert "opttius reports check" in ran.err


VALUES = [
    *("0", "-1", "1.5", "inf", "nan", "true", "false", '""', '"x"', "'branch'", "[]", "{}", "[[]]", "[1]"),
    *(
        '["branch", 1]',
        "{ es = 1 }",
        '{ kind = "text" }',
        '{ fr = "x" }',
        "1979-05-27",
        "07:32:00",
        '"""a\nb"""',
    ),
    *('"\\u0000"', '"\\u202e"', '"a: b: c"', "[" * 400 + "]" * 400, '"' + "x" * 5000 + '"', "9" * 5000),
    *(
        "'customers'",
        "['branch', 'customers']",
        '{ kind = "bar", x = "branch", y = "customers" }',
        "[{ a = 1 }]",
    ),
]
KEYS = [
    *("title", "grain", "shape", "needs", "uses", "history", "period", "group_size", "chart", "columns"),
    *(
        "column",
        "parameters",
        "column.branch",
        "column.customers.kind",
        "chart.x",
        "few",
        "words",
        '""',
        "título",
    ),
]


@st.composite
def mutants(draw: st.DrawFn) -> str:
    """The header with lines dropped, repeated, swapped, cut, or with other values."""
    lines = HEADER.splitlines()
    for _change in range(draw(st.integers(1, 3))):
        position = draw(st.integers(0, len(lines) - 1))
        line = lines[position]
        change = draw(
            st.sampled_from(["drop", "repeat", "swap", "cut", "value", "key", "insert", "character"])
        )
        if change == "drop" and len(lines) > 1:
            del lines[position]
        elif change == "repeat":
            lines.insert(position, line)
        elif change == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[position], lines[other] = lines[other], line
        elif change == "cut":
            lines[position] = line[: draw(st.integers(0, len(line)))]
        elif change == "value":
            lines[position] = f"{line.partition('=')[0]}= {draw(st.sampled_from(VALUES))}"
        elif change == "key":
            lines[position] = f"{draw(st.sampled_from(KEYS))} ={line.partition('=')[2]}"
        elif change == "insert":
            lines.insert(position, f"{draw(st.sampled_from(KEYS))} = {draw(st.sampled_from(VALUES))}")
        else:
            cut = draw(st.integers(0, len(line)))
            lines[position] = line[:cut] + draw(st.characters()) + line[cut + 1 :]
    return "\n".join(lines)


def parse_or_explain(sql: str) -> Report | str:
    """The report, or the sentence about what is wrong; it begins with file and line."""
    try:
        report = parse_report("user/own", sql, "own.sql")
    except ConfigError as error:
        sentence = str(error)
    else:
        assert report.columns
        return report
    assert sentence.startswith("own.sql, line ")
    return sentence


@fuzz(400)
@given(mutants())
def test_a_changed_header_is_a_report_or_a_sentence(header: str) -> None:
    outcome = parse_or_explain(write_report(header))
    assert isinstance(outcome, Report) or len(outcome.splitlines()) == 1


@fuzz(100)
@given(st.sampled_from(REPORTS.list_project_reports()), st.data())
def test_a_cut_or_mixed_file_is_a_report_or_a_sentence(name: str, data: st.DataObject) -> None:
    sql = REPORTS.load_report(name).sql
    begin, end = sorted((data.draw(st.integers(0, len(sql))), data.draw(st.integers(0, len(sql)))))
    mixed = sql[:begin] + data.draw(st.text(max_size=5)) + sql[end:]
    parse_or_explain(mixed)


@fuzz(12)
@given(header=mutants())
def test_the_program_ends_a_changed_report_with_0_or_3(
    program: Callable[..., RunResult], header: str
) -> None:
    folder = Path(os.environ["OPTTIUS_CONFIG_DIR"]) / "reports"
    (folder / "own.sql").write_bytes(write_report(header).encode("utf-8", "replace"))
    ran = program("reports", "check")
    assert ran.code in {0, 3}, ran.err
    assert ran.code == 0 or "user/own: " in ran.out
    for form in ("json", "csv", "md"):
        ran = program(
            "export", "own", "-O", "mirador-austral", "--as-of", "2026-11-22", "-f", form, "-o", "-"
        )
        assert ran.code in {0, 3}, ran.err


@pytest.fixture
def program(
    run: Callable[..., RunResult], reports: Path, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> object:
    """Run the program on the shop, with a folder of reports of its own."""
    assert reports.is_dir()
    monkeypatch.setenv("OPTTIUS_SOURCE", str(shop))
    return run
