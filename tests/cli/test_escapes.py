"""A report that a person wrote sees the tables of its scope and nothing else, for so long and in so much memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.run_program import MIRADOR, RunResult, clean_env, run_subprocess

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER = '-- ---\n-- title = "Own"\n-- [columns]\n-- x = "text"\n-- ---\n'
NOT_ALLOWED, CONFIGURATION = 5, 3


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make a report ``own`` of some SQL."""
    folder = tmp_path / "settings"
    (folder / "reports").mkdir(parents=True)
    monkeypatch.setenv("OPTTIUS_CONFIG_DIR", str(folder))

    def write(sql: str) -> None:
        (folder / "reports" / "own.sql").write_text(HEADER + sql + "\n", encoding="utf-8")

    return write


def test_what_lies_outside_the_scope_is_refused(
    run: Callable[..., RunResult], shop: Path, own: Callable[[str], None]
) -> None:
    own("SELECT CAST(count(*) AS VARCHAR) AS x FROM raw.orders")
    ran = run("export", "own", "-s", shop, *MIRADOR, "-o", "-")
    assert (ran.code, ran.out) == (NOT_ALLOWED, ""), ran.err
    assert len(ran.err.splitlines()) == 1
    assert "A report " in ran.err
    assert not list(Path.cwd().iterdir())


def test_what_is_not_there_is_named(
    run: Callable[..., RunResult], shop: Path, own: Callable[[str], None]
) -> None:
    own("SELECT nobody AS x FROM orders")
    ran = run("export", "own", "-s", shop, *MIRADOR, "-o", "-")
    assert (ran.code, ran.out) == (CONFIGURATION, ""), ran.err
    assert "user/own" in ran.err


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT CAST(max(hash(a.id, b.id, c.id)) AS VARCHAR) AS x FROM orders a, orders b, orders c, orders d",
        "WITH RECURSIVE n(x) AS (SELECT '1' UNION ALL SELECT '1' FROM n) SELECT x FROM n",
    ],
    ids=["a product", "without end"],
)
def test_a_report_that_does_not_end_is_stopped(
    run: Callable[..., RunResult],
    shop: Path,
    own: Callable[[str], None],
    sql: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPTTIUS_LIMITS_REPORT_SECONDS", "1")
    own(sql)
    ran = run("export", "own", "-s", shop, *MIRADOR, "-o", "-")
    assert (ran.code, ran.out) == (CONFIGURATION, "")
    assert "took longer than 1 s" in ran.err or "limits.memory" in ran.err


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT repeat('x', 1000) AS x FROM range(1000000)",
        "SELECT string_agg(repeat('x', 1000), '') AS x FROM range(1000000)",
    ],
    ids=["rows", "one cell"],
)
def test_a_report_that_does_not_fit_is_stopped(
    run: Callable[..., RunResult],
    shop: Path,
    own: Callable[[str], None],
    sql: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPTTIUS_LIMITS_MEMORY", "100MB")
    own(sql)
    ran = run("export", "own", "-s", shop, *MIRADOR, "-o", "-")
    assert (ran.code, ran.out) == (CONFIGURATION, ""), ran.err
    assert "limits.memory" in ran.err


def test_check_tells_of_an_escape(run: Callable[..., RunResult], own: Callable[[str], None]) -> None:
    own("SELECT email AS x FROM raw.orders")
    ran = run("reports", "check")
    assert ran.code == CONFIGURATION
    assert "user/own: A report sees the tables of its scope only, not raw.orders." in ran.out


def test_the_environment_is_not_read(shop: Path, tmp_path: Path, own: Callable[[str], None]) -> None:
    """In a process of its own, with a secret in the environment that no answer and no error may show."""
    value = "hunter2-hunter2-hunter2"
    own("SELECT coalesce(getenv('SECRET'), 'none') AS x")
    calm = clean_env(os.environ) | {"OPTTIUS_CONFIG_DIR": os.environ["OPTTIUS_CONFIG_DIR"], "SECRET": value}
    ran = run_subprocess("export", "own", "-s", shop, *MIRADOR, "-o", "-", folder=tmp_path, **calm)
    assert ran.code == CONFIGURATION
    assert value not in ran.out + ran.err


def test_a_personal_column_is_masked_whatever_it_is_called(
    run: Callable[..., RunResult], shop: Path, own: Callable[[str], None]
) -> None:
    own("SELECT first_name || ' ' || last_name AS x FROM customers ORDER BY id LIMIT 3")
    command = ("export", "own", "-s", shop, *MIRADOR, "-o", "-", "--quiet")
    masked, whole = run(*command), run(*command, "--reveal-pii", "--reason", "a test")
    assert (masked.code, whole.code) == (0, 0)
    for shown, name in zip(masked.out.splitlines()[1:], whole.out.splitlines()[1:], strict=True):
        first, last = shown.split(" ", 1)
        assert first == f"{name[0]}."
        assert last == " ".join(f"{word[0]}." for word in name.split()[1:])


def test_a_condition_sees_the_masked_value(
    run: Callable[..., RunResult], shop: Path, tmp_path: Path, own: Callable[[str], None]
) -> None:
    """Where no phone begins as stored, no row is left whose number could be told."""
    own("SELECT CAST(substr(phone, 2) AS BIGINT) AS x FROM customers WHERE phone LIKE '+569%'")
    file = tmp_path / "settings" / "reports" / "own.sql"
    file.write_text(file.read_text(encoding="utf-8").replace('"text"', '"count"'), encoding="utf-8")
    ran = run("export", "own", "-s", shop, *MIRADOR, "-o", "-")
    assert (ran.code, ran.out.split()) == (0, ["x"])
