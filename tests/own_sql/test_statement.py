"""A statement names the tables of its scope and nothing else, and an error shows no value of the data."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from opttius_cli.errors import InvalidReportError, NotAllowedError

if TYPE_CHECKING:
    from own_sql.conftest import Analyst

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
    "of the refused": "SELECT refused.table_name AS x FROM scope_rows, scope_rejects AS refused",
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


ALLOWED = (
    "WITH orders AS (SELECT 'x' AS x) SELECT x FROM orders",
    "WITH RECURSIVE n(x) AS (SELECT 'x' UNION SELECT x || 'x' FROM n WHERE length(x) < 3) SELECT x FROM n",
    "SELECT x FROM (VALUES ('a'), ('b')) AS v(x) ORDER BY x",
    "SELECT CAST(range AS VARCHAR) AS x FROM range(3) ORDER BY x",
    "SELECT code AS x FROM branches UNION SELECT upper(code) FROM branches ORDER BY x",
    "SELECT string_agg(status, '' ORDER BY id) AS x FROM orders WHERE local_at < $as_of_local",
    "SELECT CAST(count(*) OVER () AS VARCHAR) AS x FROM purchases",
    "SELECT CAST(sum(total_spent) AS VARCHAR) AS x FROM customer_facts_at($as_of_local, $as_of_date)",
)
FAILING = (
    "SELECT CAST(CAST(email AS INTEGER) AS VARCHAR) AS x FROM customers",
    "SELECT CAST(strptime(first_name, '%Y') AS VARCHAR) AS x FROM customers",
    "SELECT CAST(json(email) AS VARCHAR) AS x FROM customers",
    "SELECT CAST(CAST(rut AS DATE) AS VARCHAR) AS x FROM customers",
)
"""Statements that fail on a value of the data."""


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_lies_outside_the_scope_is_refused(analyst: Analyst, name: str) -> None:
    path = analyst.session.path
    assert path is not None
    before = path.read_bytes()
    with pytest.raises(NotAllowedError, match="A report "):
        analyst.run_report(OUTSIDE[name])
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", MISSING)
def test_what_is_not_there_is_named(analyst: Analyst, name: str) -> None:
    with pytest.raises(InvalidReportError, match="user/own") as error:
        analyst.run_report(MISSING[name])
    assert os.environ["HOME"] not in str(error.value)


@pytest.mark.parametrize("sql", ALLOWED)
def test_what_a_report_needs_is_allowed(analyst: Analyst, sql: str) -> None:
    assert len(analyst.run_report(sql)) >= 1


@pytest.mark.parametrize("sql", FAILING)
def test_an_error_shows_no_value_of_the_data(analyst: Analyst, sql: str) -> None:
    with pytest.raises(InvalidReportError, match="the SQL fails on a value of the data") as error:
        analyst.run_report(sql)
    assert not {"@", "'"} & set(str(error.value))
