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
from opttius_cli.session.own_sql.tables import list_own_sql_columns

if TYPE_CHECKING:
    from collections.abc import Callable

QUESTION = "SELECT name, email, avg(1.5) AS mean FROM customers GROUP BY ALL ORDER BY email, name LIMIT 2"


@pytest.fixture(autouse=True)
def clean_environment(own_folders: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out of the environment what would change an answer; the folders of the test stay."""
    cache = os.environ["OPTTIUS_CACHE_FOLDER"]
    set_clean_env(monkeypatch)
    monkeypatch.setenv("OPTTIUS_CACHE_FOLDER", cache)


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
        ("SELECT DATE 'infinity' AS d", 2, "column d has a date outside the years 1 to 9999"),
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


def test_odd_types_are_written(run: Callable[..., RunResult], shop: Path) -> None:
    odd = (
        "SELECT [{'a': 1}] AS l, {'b': [1, 2]} AS s, INTERVAL 1 DAY AS i, 'inf'::DOUBLE AS f, uuid_x AS u, "
        "NULL AS n, TIME '10:00' AS t, '\\xAA'::BLOB AS b, MAP {'k': 1} AS m, TRUE AS g, 1::UHUGEINT AS h, "
        "'a' AS a, 'b' AS a FROM (SELECT id AS uuid_x FROM customers ORDER BY id LIMIT 2)"
    )
    for name in ("table", "json", "xlsx", "parquet"):
        ran = run("sql", odd, "-s", shop, *MIRADOR, "-f", name, "-o", f"odd.{name}", "--quiet")
        assert ran.code == 0, (name, ran.err)


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
