"""Files, the reports there are, and those that a person adds."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.run_program import MIRADOR, RunResult

if TYPE_CHECKING:
    from collections.abc import Callable

EXPORTS = [
    "agreements",
    "appointments",
    "branches",
    "cohorts",
    "customers",
    "dashboard",
    "drivers",
    "forecast",
    "frequency",
    "labs",
    "movement",
    "owed",
    "quotes",
    "repurchase",
    "revenue-trend",
    "sales",
    "segments",
    "sellers",
    "stock",
    "top-products",
    "work-orders",
    "worklist",
]

OWN = """-- ---
-- title = { es = "Clientes por sucursal", en = "Customers per branch" }
-- grain = "one row per branch"
--
-- [columns]
-- branch = { kind = "text", es = "Sucursal", en = "Branch" }
-- customers = { kind = "count", es = "Clientes: cuántos hay", en = "Customers: how many there are" }
-- ---
SELECT
    coalesce(branches.code, 'none') AS branch,
    count(customers.id) AS customers
FROM customers
LEFT JOIN branches ON customers.branch_id = branches.id
GROUP BY branches.code
ORDER BY branch
"""


@pytest.fixture
def own_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A report in the user's config folder."""
    folder = tmp_path / "settings"
    (folder / "reports").mkdir(parents=True)
    file = folder / "reports" / "per-branch.sql"
    file.write_text(OWN, encoding="utf-8")
    monkeypatch.setenv("OPTTIUS_CONFIG_DIR", str(folder))
    return file


def names(ran: RunResult) -> list[str]:
    """The first word of each line."""
    assert (ran.code, ran.err) == (0, "")
    return [line.split()[0] for line in ran.out.splitlines()]


def test_reports_that_can_be_exported(run: Callable[..., RunResult]) -> None:
    assert names(run("export", "--list")) == EXPORTS


@pytest.mark.parametrize("name", EXPORTS)
def test_every_export_answers(run: Callable[..., RunResult], shop: Path, name: str) -> None:
    ran = run("export", name, "-s", shop, *MIRADOR, "-o", "-", "--quiet")
    assert (ran.code, ran.err) == (0, "")
    rows = list(csv.reader(io.StringIO(ran.out)))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}


def test_the_file_is_named_after_the_as_of_date(run: Callable[..., RunResult], shop: Path) -> None:
    ran = run("export", "segments", "-s", shop, *MIRADOR, "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "segments-2026-11-22.xlsx\n", "")
    assert Path("segments-2026-11-22.xlsx").read_bytes().startswith(b"PK")
    again = run("export", "segments", "-s", shop, *MIRADOR, "--quiet")
    assert (again.code, again.out) == (7, "")
    assert "segments-2026-11-22.xlsx" in again.err


@pytest.mark.parametrize(
    ("form", "begin"), [("csv", b"customer_id,"), ("json", b"{"), ("parquet", b"PAR1"), ("md", b"# ")]
)
def test_the_format_names_the_file(
    run: Callable[..., RunResult], shop: Path, form: str, begin: bytes
) -> None:
    ran = run("export", "segments", "-s", shop, *MIRADOR, "-f", form, "--quiet")
    assert (ran.code, ran.out) == (0, f"segments-2026-11-22.{form}\n")
    assert Path(f"segments-2026-11-22.{form}").read_bytes().startswith(begin)


def test_the_name_says_the_format(run: Callable[..., RunResult], shop: Path) -> None:
    ran = run("export", "customers", "-s", shop, *MIRADOR, "-o", "list.JSON", "--quiet")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(Path("list.JSON").read_text(encoding="utf-8"))["report"] == "customers"


def test_a_file_holds_the_same_as_stdout(run: Callable[..., RunResult], shop: Path) -> None:
    command = ("export", "sales", "-s", shop, *MIRADOR, "--quiet")
    assert run(*command, "-o", "sales.csv").code == 0
    assert Path("sales.csv").read_bytes().decode() == run(*command, "-o", "-").out


def test_list_names_each_report_once(run: Callable[..., RunResult]) -> None:
    listed = names(run("reports", "list"))
    assert "dashboard/sales" in listed
    assert len(set(listed)) == len(listed)
    assert sorted(listed) == listed


def test_show_explains_every_column(run: Callable[..., RunResult]) -> None:
    english, spanish = (run("reports", "show", "segments/segments", "--lang", lang) for lang in ("en", "es"))
    assert (english.code, english.err, spanish.err) == (0, "", "")
    for column in ("customer_id", "total_spent", "rfm_segment"):
        assert column in english.out
        assert column in spanish.out
    assert english.out != spanish.out


@pytest.mark.parametrize("command", ["show", "sql"])
def test_a_report_is_matched_without_regard_to_case(
    run: Callable[..., RunResult], own_report: Path, command: str
) -> None:
    for typed, name in (("Segments/Segments", "segments/segments"), ("LIFECYCLE", "segments/lifecycle"),
                        ("Per-Branch", own_report.stem), ("USER/per-branch", own_report.stem)):  # fmt: skip
        expected = run("reports", command, name)
        assert expected.code == 0
        assert run("reports", command, typed) == expected


@pytest.mark.parametrize("command", ["show", "sql"])
@pytest.mark.parametrize("name", ["dashboard", "customer", "check"])
def test_an_answer_of_several_reports_names_them(
    run: Callable[..., RunResult], name: str, command: str
) -> None:
    ran = run("reports", command, name)
    assert (ran.code, ran.out) == (6, "")
    begin, named = ran.err.removesuffix(".\n").split(": ")[-2:]
    assert begin == f"“{name}” consists of several reports; name one of them"
    for report in named.split(", "):
        assert run("reports", command, report).code == 0
    assert f"“{name}” se compone de varios" in run("reports", command, name, "--lang", "es").err


def test_a_report_of_ones_own_may_be_called_as_a_board(
    run: Callable[..., RunResult], own_report: Path
) -> None:
    own_report.rename(own_report.with_name("dashboard.sql"))
    assert "Customers per branch" in run("reports", "show", "dashboard").out


@pytest.mark.parametrize(
    ("export", "report"),
    [("revenue-trend", "sales/revenue_trend"), ("work-orders", "clinic/work_orders"),
     ("top-products", "sales/top_products")],
)  # fmt: skip
def test_every_exportable_report_can_be_shown_under_that_name(
    run: Callable[..., RunResult], export: str, report: str
) -> None:
    assert run("reports", "show", export) == run("reports", "show", report)
    assert run("reports", "show", export).out.startswith(f"{report}: ")


def test_of_two_names_that_differ_in_case_only_the_exact_name_counts(
    run: Callable[..., RunResult], own_report: Path
) -> None:
    (own_report.parent / "Lifecycle.sql").write_text(OWN, encoding="utf-8")
    assert "user/Lifecycle: " in run("reports", "show", "Lifecycle").out
    assert "segments/lifecycle: " in run("reports", "show", "lifecycle").out
    ran = run("reports", "show", "LIFECYCLE")
    assert (ran.code, ran.out) == (6, "")
    assert "“LIFECYCLE”" in ran.err


def test_an_error_names_a_shared_column_whose_kind_does_not_fit(
    run: Callable[..., RunResult], own_report: Path
) -> None:
    body = "SELECT 'a' AS branch, CAST(1.5 AS DECIMAL(10, 2)) AS total"
    header = '-- ---\n-- title = "x"\n-- columns = ["branch", "total"]\n{more}-- ---\n'
    own_report.write_text(header.format(more="") + body, encoding="utf-8")
    ran = run("reports", "check")
    assert ran.code == 3
    assert (
        'total is the name of a shared column, so declare it under [column], for example: total = "money"'
        in ran.out
    )
    own_report.write_text(header.format(more='-- [column]\n-- total = "money"\n') + body, encoding="utf-8")
    assert run("reports", "check").code == 0


def test_an_error_has_the_line_of_a_wrong_name(run: Callable[..., RunResult], own_report: Path) -> None:
    own_report.write_text(OWN.replace("count(customers.id)", "count(customers.idd)"), encoding="utf-8")
    ran = run("reports", "check", "--lang", "es")
    assert (
        ran.out == "user/per-branch: línea 11: no hay ninguna columna customers.idd. Lo más parecido: id.\n"
    )


def test_sql_prints_the_file(run: Callable[..., RunResult]) -> None:
    ran = run("reports", "sql", "dashboard/sales")
    assert (ran.code, ran.err) == (0, "")
    root = Path(__file__).parents[2]
    assert ran.out == (root / "sql/dashboard/sales.sql").read_text(encoding="utf-8")


def test_check_finds_every_report_right(run: Callable[..., RunResult]) -> None:
    ran = run("reports", "check")
    assert (ran.code, ran.err) == (0, "")
    assert f"{len(names(run('reports', 'list')))} reports are valid." in ran.out


def test_a_report_of_ones_own_is_like_the_others(
    run: Callable[..., RunResult], shop: Path, own_report: Path
) -> None:
    assert "per-branch" in names(run("export", "--list"))
    assert any(name.endswith("per-branch") for name in names(run("reports", "list")))
    assert "Customers per branch" in run("reports", "show", own_report.stem).out
    ran = run("export", "per-branch", "-s", shop, *MIRADOR, "-o", "-", "--quiet")
    assert (ran.code, ran.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert {row["branch"] for row in rows} - {"none"} == {"CM-001", "CM-002", "CM-003"}
    listed = json.loads(run("customers", "-s", shop, *MIRADOR, "-f", "json").out)["summary"]
    assert sum(int(row["customers"]) for row in rows) == listed["total"]


def test_a_report_of_ones_own_sees_only_its_scope(
    run: Callable[..., RunResult], shop: Path, own_report: Path
) -> None:
    assert own_report.exists()
    ran = run("export", "per-branch", "-s", shop, *MIRADOR, "-b", "CM-002", "-o", "-", "--quiet")
    assert [row["branch"] for row in csv.DictReader(io.StringIO(ran.out))] == ["CM-002"]


@pytest.mark.parametrize(
    ("before", "after", "holds"),
    [
        ("-- ---\n", "", "-- ---"),
        ('kind = "count"', 'kind = "heads"', "line 7: columns.customers.kind: must be one of money"),
        ("grain =", "grian =", "line 3: grian: is not a key here"),
        ('en = "Branch" }', 'en = "Branch"', "line"),
    ],
    ids=["no fence", "no such kind", "no such key", "no TOML"],
)
def test_a_header_that_is_wrong_names_the_file(
    run: Callable[..., RunResult], shop: Path, own_report: Path, before: str, after: str, holds: str
) -> None:
    own_report.write_text(OWN.replace(before, after, 1), encoding="utf-8")
    ran = run("export", "per-branch", "-s", shop, *MIRADOR, "-o", "-")
    assert (ran.code, ran.out) == (3, "")
    assert "per-branch.sql" in ran.err
    assert holds in ran.err


def test_check_finds_a_column_that_the_sql_does_not_give(
    run: Callable[..., RunResult], own_report: Path
) -> None:
    own_report.write_text(OWN.replace("AS customers", "AS heads", 1), encoding="utf-8")
    ran = run("reports", "check")
    assert ran.code == 3
    assert "per-branch" in ran.out
    assert "heads" in ran.out
    assert "1 error" in ran.err


def test_sql_that_cannot_run_is_the_readers_to_mend(
    run: Callable[..., RunResult], shop: Path, own_report: Path
) -> None:
    own_report.write_text(OWN.replace("JOIN branches", "JOIN brunches", 1), encoding="utf-8")
    ran = run("export", "per-branch", "-s", shop, *MIRADOR, "-o", "-")
    assert (ran.code, ran.out) == (3, "")
    assert "per-branch" in ran.err
    assert "brunches" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_value_that_says_interrupted_is_no_interruption(
    run: Callable[..., RunResult], shop: Path, own_report: Path
) -> None:
    expression = "CAST(CASE WHEN count(customers.id) > 0 THEN 'interrupted' ELSE '0' END AS INTEGER)"
    own_report.write_text(OWN.replace("count(customers.id) AS", f"{expression} AS", 1), encoding="utf-8")
    ran = run("export", "per-branch", "-s", shop, *MIRADOR, "-o", "-")
    assert (ran.code, ran.out) == (3, "")
    assert "The report user/per-branch cannot be run: the SQL fails on a value of the data" in ran.err
    assert "interrupted" not in ran.err.lower()
