"""A report that a person wrote sees the tables of its scope and nothing else, for so long and in so much memory."""

from __future__ import annotations

import json
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


OUTSIDE = {
    "by its schema": "SELECT CAST(count(*) AS VARCHAR) AS x FROM raw.orders",
    "by its catalog": "SELECT CAST(count(*) AS VARCHAR) AS x FROM shop.raw.orders",
    "the directory": "SELECT name AS x FROM raw.organizations",
    "what was loaded": "SELECT source AS x FROM meta.manifest",
    "in a subquery": "SELECT (SELECT max(email) FROM raw.customers) AS x FROM branches",
    "in a step": "WITH o AS (SELECT * FROM raw.orders) SELECT email AS x FROM o",
    "in a join": "SELECT o.email AS x FROM branches POSITIONAL JOIN raw.orders AS o",
    "in a set": "SELECT code AS x FROM branches UNION ALL SELECT email FROM raw.orders",
    "in a condition": "SELECT code AS x FROM branches WHERE EXISTS (SELECT 1 FROM raw.orders)",
    "in an order": "SELECT code AS x FROM branches ORDER BY (SELECT max(id) FROM raw.orders)",
    "of the owners": "SELECT CAST(tenant AS VARCHAR) AS x FROM scope_tenants",
    "of the refused": "SELECT table_name AS x FROM scope_rejects",
    "of rows that are named": "SELECT CAST(max(pos_order_created_at) AS VARCHAR) AS x FROM known_lab_work_orders",
    "of a step of the rules": "SELECT CAST(max(email_no) AS VARCHAR) AS x FROM attributed_orders",
    "of addresses": "SELECT CAST(max(email_no) AS VARCHAR) AS x FROM address_holders",
    "of the catalog": "SELECT table_name AS x FROM information_schema.tables",
    "of DuckDB": "SELECT table_name AS x FROM duckdb_tables",
    "behind a step's name": "SELECT CAST(estimated_size AS VARCHAR) AS x FROM duckdb_tables "
    "WHERE EXISTS (WITH duckdb_tables AS (SELECT 1) SELECT * FROM duckdb_tables)",
    "in capitals": "SELECT table_name AS x FROM DUCKDB_TABLES",
    "as text": "SELECT email AS x FROM query_table('raw.orders')",
    "as a query": "SELECT x FROM query('SELECT email AS x FROM raw.orders')",
    "by a function": "SELECT name AS x FROM pragma_table_info('raw.orders')",
    "all that there is": "SELECT name AS x FROM (SHOW ALL TABLES)",
    "described": "SELECT column_name AS x FROM (DESCRIBE raw.orders)",
    "summarized": "SELECT max AS x FROM (SUMMARIZE orders)",
    "statistics": "SELECT stats(total_amount) AS x FROM orders",
    "a plan": "SELECT CAST(json_serialize_plan('SELECT * FROM raw.orders') AS VARCHAR) AS x",
    "a variable": "SELECT CAST(getvariable('tenants') AS VARCHAR) AS x",
    "a setting": "SELECT current_setting('temp_directory') AS x",
    "a definition": "SELECT pg_get_viewdef('orders') AS x",
    "a file": "SELECT content AS x FROM read_text('/etc/passwd')",
    "a table in a file": "SELECT column0 AS x FROM read_csv('/etc/passwd')",
    "a folder": "SELECT file AS x FROM glob('/*')",
    "a log": "SELECT CAST(write_log('x') AS VARCHAR) AS x",
    "two statements": "SELECT 'x' AS x; SELECT 'y' AS x",
    "an attachment": "ATTACH 'other.duckdb' AS other",
    "a copy": "COPY (SELECT 1) TO 'out.csv'",
    "a copy after it": "SELECT 'x' AS x; COPY (SELECT 1) TO 'out.csv'",
    "an extension": "INSTALL httpfs",
    "a loaded extension": "LOAD httpfs",
    "a changed setting": "SET enable_external_access = true",
    "a reset": "RESET lock_configuration",
    "a pragma": "PRAGMA database_list",
    "a variable set": "SET VARIABLE tenants = [1, 2, 3, 4, 5]",
    "a row": "INSERT INTO raw.orders SELECT * FROM raw.orders",
    "a row in a step": "WITH a AS (INSERT INTO raw.orders DEFAULT VALUES RETURNING *) SELECT 'x' AS x FROM a",
    "a macro": "CREATE MACRO is_held(tenant) AS TRUE",
    "a call": "CALL duckdb_tables()",
    "nothing": "-- no SQL at all",
}
MISSING = {
    "the environment": "SELECT getenv('HOME') AS x",
    "a file's name": "SELECT column0 AS x FROM '/etc/passwd'",
    "a parameter": "SELECT $sought AS x",
    "a column": "SELECT nobody AS x FROM orders",
    "when a customer that is not seen was made": "SELECT CAST(max(customer_created_at) AS VARCHAR) AS x FROM orders",
    "when an order that is not seen was made": "SELECT CAST(max(pos_order_created_at) AS VARCHAR) AS x "
    "FROM lab_work_orders",
    "whether it is told apart": "SELECT CAST(max(pos_order_apart) AS VARCHAR) AS x FROM lab_work_orders",
    "the number of an address": "SELECT CAST(max(email_no) AS VARCHAR) AS x FROM orders",
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_refused(run: Callable[..., RunResult], shop: Path, own: Callable[[str], None], name: str) -> None:
    own(OUTSIDE[name])
    ran = run("export", "own", "-s", shop, *MIRADOR, "-o", "-")
    assert (ran.code, ran.out) == (NOT_ALLOWED, ""), ran.err
    assert len(ran.err.splitlines()) == 1
    assert "A report " in ran.err
    assert not list(Path.cwd().iterdir())


@pytest.mark.parametrize("name", MISSING)
def test_not_there(run: Callable[..., RunResult], shop: Path, own: Callable[[str], None], name: str) -> None:
    own(MISSING[name])
    ran = run("export", "own", "-s", shop, *MIRADOR, "-o", "-")
    assert (ran.code, ran.out) == (CONFIGURATION, ""), ran.err
    assert "user/own" in ran.err
    assert os.environ["HOME"] not in ran.err


@pytest.mark.parametrize(
    "sql",
    [
        "WITH orders AS (SELECT 'x' AS x) SELECT x FROM orders",
        "WITH RECURSIVE n(x) AS (SELECT 'x' UNION SELECT x || 'x' FROM n WHERE length(x) < 3) SELECT x FROM n",
        "SELECT x FROM (VALUES ('a'), ('b')) AS v(x) ORDER BY x",
        "SELECT CAST(range AS VARCHAR) AS x FROM range(3) ORDER BY x",
        "SELECT code AS x FROM branches UNION SELECT upper(code) FROM branches ORDER BY x",
        "SELECT string_agg(status, '' ORDER BY id) AS x FROM orders WHERE local_at < $as_of_local",
        "SELECT CAST(count(*) OVER () AS VARCHAR) AS x FROM purchases",
        "SELECT CAST(sum(total_spent) AS VARCHAR) AS x FROM customer_facts_at($as_of_local, $as_of_date)",
    ],
)
def test_functions_that_a_report_needs_are_allowed(
    run: Callable[..., RunResult], shop: Path, own: Callable[[str], None], sql: str
) -> None:
    own(sql)
    ran = run("export", "own", "-s", shop, *MIRADOR, "-o", "-", "--quiet")
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.out.splitlines()) > 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT CAST(CAST(email AS INTEGER) AS VARCHAR) AS x FROM customers",
        "SELECT CAST(strptime(first_name, '%Y') AS VARCHAR) AS x FROM customers",
        "SELECT CAST(json(email) AS VARCHAR) AS x FROM customers",
        "SELECT CAST(CAST(rut AS DATE) AS VARCHAR) AS x FROM customers",
    ],
)
def test_an_error_shows_no_value_of_the_data(
    run: Callable[..., RunResult], shop: Path, own: Callable[[str], None], sql: str
) -> None:
    own(sql)
    ran = run("export", "own", "-s", shop, *MIRADOR, "-o", "-")
    assert (ran.code, ran.out) == (CONFIGURATION, "")
    assert "the SQL fails on a value of the data" in ran.err
    assert "@" not in ran.err
    assert "'" not in ran.err


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


@pytest.mark.slow
def test_the_snapshot_is_as_it_was(
    run: Callable[..., RunResult], shop: Path, own: Callable[[str], None]
) -> None:
    before = shop.read_bytes()
    for sql in OUTSIDE.values():
        own(sql)
        run("export", "own", "-s", shop, *MIRADOR, "-o", "-")
    assert shop.read_bytes() == before
    assert json.loads(run("customers", "-s", shop, *MIRADOR, "-f", "json").out)["summary"]["total"]


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
