"""A user's report cannot show a personal column under a name and kind that hide what it is."""

from __future__ import annotations

import duckdb
import pytest

from opttius_cli.engines import sandbox
from opttius_cli.engines.lineage import find_personal_columns
from opttius_cli.result import ColumnKind

NAME, EMAIL, RUT, PHONE = ColumnKind.NAME, ColumnKind.EMAIL, ColumnKind.RUT, ColumnKind.PHONE


@pytest.mark.parametrize(
    ("sql", "kinds"),
    [
        ("SELECT first_name AS x FROM customers", {"x": NAME}),
        ("SELECT c.EMAIL AS x, c.id FROM customers AS c", {"x": EMAIL}),
        ("SELECT upper(trim(rut)) AS x FROM customers", {"x": RUT}),
        ("SELECT customer_name(first_name, last_name) AS x FROM customers", {"x": NAME}),
        ("SELECT first_name || ' ' || email AS x FROM customers", {"x": EMAIL}),
        ("SELECT CAST(phone AS BIGINT) AS x FROM customers", {"x": PHONE}),
        ("SELECT list(email) AS x FROM customers", {"x": EMAIL}),
        ("SELECT max(email) AS x FROM orders", {"x": EMAIL}),
        ("SELECT first_value(rut) OVER (ORDER BY id) AS x FROM customers", {"x": RUT}),
        ("SELECT CASE WHEN email IS NULL THEN phone ELSE 'none' END AS x FROM customers", {"x": PHONE}),
        ("SELECT coalesce(phone, 'none') AS x FROM customers", {"x": PHONE}),
        ("WITH a AS (SELECT first_name AS n FROM customers) SELECT n AS x FROM a", {"x": NAME}),
        ("WITH a(n) AS (SELECT first_name FROM customers) SELECT n AS x FROM a", {"x": NAME}),
        ("WITH a(k, n) AS (SELECT id, rut FROM customers) SELECT k, n AS x FROM a", {"x": RUT}),
        (
            "WITH a AS (SELECT rut AS b FROM customers), c AS (SELECT b AS d FROM a) SELECT d AS x FROM c",
            {"x": RUT},
        ),
        ("SELECT t.y AS x FROM (SELECT phone FROM customers) AS t(y)", {"x": PHONE}),
        ("SELECT y AS x FROM customers AS c(y)", {"x": EMAIL}),
        ("SELECT (SELECT max(rut) FROM customers) AS x FROM branches", {"x": RUT}),
        ("SELECT code AS x FROM branches UNION ALL SELECT first_name FROM customers", {"x": NAME}),
        (
            "SELECT code AS x FROM branches UNION ALL (SELECT id FROM orders UNION SELECT rut FROM customers)",
            {"x": RUT},
        ),
        (
            "SELECT x FROM (SELECT 'a' AS x UNION ALL SELECT * FROM (SELECT phone FROM customers))",
            {"x": EMAIL},
        ),
        ("SELECT * FROM (SELECT email AS x FROM customers)", {"x": EMAIL}),
        ("SELECT CAST(customers AS VARCHAR) AS x FROM customers", {"x": EMAIL}),
        ("SELECT to_json(c) AS x FROM customers AS c", {"x": EMAIL}),
        ("SELECT s.f AS x FROM (SELECT struct_pack(f := rut) AS s FROM customers)", {"x": RUT}),
        ("SELECT u AS x FROM (SELECT unnest([email, 'a']) AS u FROM customers)", {"x": EMAIL}),
        ("SELECT #2 AS x FROM customers", {"x": EMAIL}),
        ("SELECT md5(email) AS x FROM customers", {"x": EMAIL}),
        ("SELECT list_transform([rut], lambda r: upper(r)) AS x FROM customers", {"x": RUT}),
        (
            "WITH RECURSIVE n(x) AS (SELECT 'a' UNION ALL SELECT c.rut FROM n, customers c) SELECT x FROM n",
            {"x": RUT},
        ),
    ],
)
def test_carried(sql: str, kinds: dict[str, ColumnKind]) -> None:
    assert find_personal(sql) == kinds


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT code AS x FROM branches",
        "SELECT count(email) AS x FROM customers",
        "SELECT count(DISTINCT rut) AS x FROM customers",
        "SELECT email IS NOT NULL AS x FROM customers",
        "SELECT CASE WHEN email LIKE '%@gmail.com' THEN 'yes' ELSE 'no' END AS x FROM customers",
        "SELECT sum(CASE WHEN phone IS NULL THEN 0 ELSE 1 END) AS x FROM customers",
        "SELECT max(created_at) FILTER (WHERE email = 'a') AS x FROM customers",
        "SELECT branch.code AS x FROM customers AS customer LEFT JOIN branches AS branch USING (id)",
        "SELECT status AS x FROM orders WHERE email = 'a' ORDER BY email",
        "SELECT EXISTS (SELECT email FROM customers) AS x FROM branches",
        "SELECT length(first_name) AS x FROM customers",
        "WITH a AS (SELECT first_name AS name FROM customers) SELECT product.name AS x FROM a, products AS product",
        "SELECT customers AS x FROM (SELECT count(*) AS customers FROM customers)",
    ],
)
def test_carries_nothing(sql: str) -> None:
    assert find_personal(sql) == {}


def find_personal(sql: str) -> dict[str, ColumnKind]:
    """What is personal, of the columns that ``sql`` gives."""
    con = duckdb.connect()
    statement = sandbox.parse_statement(con, sql)
    items = statement["node"].get("select_list") or []
    names = [item.get("alias") or (item.get("column_names") or ["x"])[-1] for item in items] or ["x"]
    return find_personal_columns(statement, names)
