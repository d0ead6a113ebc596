"""``opttius sql``: a question, a file or stdin in; rows in every format, or the tables, out."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cli.run_program import MIRADOR, RunResult, run_inline, set_clean_env

from opttius_cli import audit, config
from opttius_cli.engines.own_sql.errors import InvalidSqlError
from opttius_cli.errors import NotAllowedError
from opttius_cli.render.registry import RENDERERS
from opttius_cli.render.style import Style
from opttius_cli.reports.shared_columns import load_shared_columns
from opttius_cli.session.own_sql.answers import answer_own_sql
from opttius_cli.session.own_sql.tables import list_own_sql_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from own_sql.conftest import Analyst

QUESTION = "SELECT name, email, avg(1.5) AS mean FROM customers GROUP BY ALL ORDER BY email, name LIMIT 2"


@pytest.fixture(autouse=True)
def clean_environment(own_folders: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out of the environment what would change an answer; the folders of the test stay."""
    set_clean_env(monkeypatch, keep=["OPTTIUS_CACHE_FOLDER"])


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., RunResult]:
    """Run the program in this process."""
    return run_inline(capsys)


def test_a_question_a_file_and_stdin(
    run: Callable[..., RunResult], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = run("sql", QUESTION, "-s", shop, *MIRADOR, "-f", "csv", "--quiet")
    assert asked.code == 0, asked.err
    assert asked.out.splitlines()[0] == "name,email,mean"
    assert "***@" in asked.out
    Path("question.sql").write_text(QUESTION + ";\n", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(QUESTION))
    for query in ("question.sql", "-"):
        assert run("sql", query, "-s", shop, *MIRADOR, "-f", "csv", "--quiet") == asked
    rows = json.loads(run("sql", QUESTION, "-s", shop, *MIRADOR, "-f", "json", "--quiet").out)["rows"]
    assert [row["mean"] for row in rows] == [1.5, 1.5]


def test_a_reveal_is_logged(run: Callable[..., RunResult], shop: Path) -> None:
    refused = run("sql", QUESTION, "-s", shop, *MIRADOR, "--reveal-pii")
    assert refused.code == 2
    ran = run("sql", QUESTION, "-s", shop, *MIRADOR, "--reveal-pii", "--reason", "a call", "-f", "csv")
    assert "***@" not in ran.out
    file = config.find_state_folder(os.environ) / audit.FILE_NAME
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line["masking"] for line in lines if line.get("reason")] == ["revealed", "revealed"]
    assert QUESTION not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("query", "code", "sentence"),
    [
        ("SELECT nothing FROM customers", 2, "nothing"),
        ("SELECT * FROM raw.customers", 5, "raw.customers"),
        ("SELECT DATE 'infinity' AS d", 2, "column d has a date outside the years 1 to 9999. Type"),
        (
            "SELECT " + ", ".join(f"{number} AS c{number}" for number in range(1001)),
            2,
            "more than 1000 columns",
        ),
        (f"{'a' * 300}.sql", 2, "is too long"),
        (" ", 2, "The SQL is empty"),
        ("missing.sql", 6, "There is no file missing.sql"),
    ],
)
def test_what_is_wrong_is_said(
    run: Callable[..., RunResult], shop: Path, query: str, code: int, sentence: str
) -> None:
    ran = run("sql", query, "-s", shop, *MIRADOR)
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert sentence in ran.err


ODD_VALUES = (
    *("1::HUGEINT", "99999999999999999999999999999999999999::HUGEINT", "1::UHUGEINT", "1::BIGNUM"),
    *("INTERVAL '-999999 months'", "'0101'::BIT", "TIME '10:00'", "'10:00:00+02'::TIMETZ"),
    *(
        "TIMESTAMP '294246-01-01'",
        "TIMESTAMP 'infinity'",
        "'-infinity'::TIMESTAMPTZ",
        "TIMESTAMP_NS '2020-01-01'",
    ),
    *("DATE '9999-12-31'", "DATE '0001-01-01'", "MAP {1: [1, 2], 2: NULL}", "MAP([], [])"),
    *("'x'::UNION(num INT, str VARCHAR)", "[{'a': 1}]", "{'b': [1, 2], 'c': {'d': NULL}}", "[[[[]]]]"),
    *("[NULL, [NULL, {'a': NULL}]]", "[DATE 'infinity']", "{'d': 'nan'::DOUBLE}", "NULL", "[]"),
    *(
        "'\\xAA\\x00'::BLOB",
        "'nan'::DOUBLE",
        "'-inf'::FLOAT",
        "-0.0::DOUBLE",
        "1e308::DOUBLE",
        "1e-320::DOUBLE",
    ),
    *("1.2345678901234567890123456789012345678::DECIMAL(38,37)", "'a'::ENUM('a', 'b')", "'{\"a\": 1}'::JSON"),
    *("[1, 2, 3]::INT[3]", "chr(0)", "chr(27) || '[31m' || chr(8238)", "repeat('x', 40000)", "'=cmd()'"),
    *("chr(65535) || chr(65534) || chr(11)", "18446744073709551615::UBIGINT", "row(1, 'a')", "'x'::VARIANT"),
)
TOO_ODD = (
    *("170141183460469231731687303715884105727", "340282366920938463463374607431768211455::UHUGEINT"),
    *("DATE '-infinity'", "DATE '294276-12-31'", "DATE '0001-01-01 (BC)'", "'x'::INT"),
    *("(SELECT 1 FROM customers USING SAMPLE 3)", "9223372036854775807 + 1"),
)


def test_odd_values_are_written_in_every_format(analyst: Analyst) -> None:
    names = [f"c{number}" for number in range(len(ODD_VALUES))]
    for columns in (names, load_shared_columns()):
        selected = ", ".join(f"{value} AS {name}" for value, name in zip(ODD_VALUES, columns, strict=False))
        sql = f"SELECT {selected} FROM (SELECT id FROM customers ORDER BY id LIMIT 2)"
        answer = answer_own_sql(analyst.session, sql)
        for renderer in RENDERERS.values():
            for style in (Style("en"), Style("es", width=80, csv_dialect="excel-es")):
                renderer.write(answer, io.BytesIO(), style)


@pytest.mark.parametrize("value", TOO_ODD)
def test_what_no_format_can_write_is_refused(analyst: Analyst, value: str) -> None:
    with pytest.raises((InvalidSqlError, NotAllowedError)):
        answer_own_sql(analyst.session, f"SELECT {value} AS n")


def test_alone_it_lists_the_tables(run: Callable[..., RunResult]) -> None:
    ran = run("sql", "-f", "csv")
    assert ran.code == 0
    assert "customers,same_email_as,uuid,The smallest id among the customers with the same email" in ran.out
    assert "tags" not in ran.out
    assert run("sql", "-f", "xlsx", "-o", "x.xlsx").code == 2


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_column_has_a_meaning(language: str) -> None:
    from opttius_cli.reports.library import Library

    assert not [row for row in list_own_sql_columns(Library(Path("/nonexistent")), language) if not row[3]]
