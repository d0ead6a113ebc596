"""Questions that bring personal values out: each way to read a column, with each way to spell what it holds."""

from __future__ import annotations

import re

SPELLINGS = (
    *("{x}", "upper({x})", "reverse({x})", "hex({x})", "to_base64(encode({x}))", "encode({x})", "bin({x})"),
    *("string_split({x}, '')", "regexp_extract_all({x}, '.')", "to_json([{x}])", "[{x}, reverse({x})]"),
    *("{{'a': {x}}}", "map([1], [{x}])", "format('<{{}}>', {x})", "replace({x}, '*', '')", "md5({x})"),
    *("concat(substr({x}, 4), substr({x}, 1, 3))", "lower({x}) || '!'", "printf('%s', {x})"),
    "list_transform(range(1, 40), lambda i: substr({x}, i, 1))",
    "list_transform(range(1, 40), lambda i: ascii(substr({x}, i, 1)))",
    "array_to_string(list_reverse(string_split({x}, '')), '-')",
)
READINGS = (
    "SELECT <email> AS id, <rut> AS n, <last_name> AS branch, <phone> AS k FROM customers",
    "SELECT <c.email>, <c.last_name> FROM customers AS c",
    (
        "SELECT <a2>, <a3>, <a4>, <a5>, <a6> FROM (SELECT id, first_name, last_name, email, phone, rut FROM customers) "
        "AS c(a1, a2, a3, a4, a5, a6)"
    ),
    "SELECT <x>, <y>, <z> FROM (SELECT * RENAME (email AS x, rut AS y, last_name AS z) FROM customers)",
    "SELECT <email_x>, <rut_x> FROM (SELECT COLUMNS('(^email|^rut)') AS '\\0_x' FROM customers)",
    (
        "SELECT * FROM (PIVOT (SELECT is_active, <email> AS e, <rut> AS r FROM customers) ON is_active "
        "IN (true, false) USING list(e), list(r))"
    ),
    "UNPIVOT (SELECT <email> AS a, <phone> AS b, <rut> AS c FROM customers) ON a, b, c INTO NAME n VALUE v",
    "SELECT unnest([<email>, <phone>, <rut>, <last_name>]) FROM customers",
    "SELECT v.* FROM (VALUES ((SELECT list(<email>) FROM customers), (SELECT list(<rut>) FROM customers))) AS v",
    "SELECT id, id FROM (SELECT id, <email> AS id, <last_name> AS id FROM customers)",
    "SELECT c FROM (SELECT <email> AS e, <rut> AS r, <last_name> AS l FROM customers) AS c",
    "SELECT s.* FROM (SELECT {'a': <email>, 'b': <rut>} AS s FROM customers)",
    "SELECT unnest(s) FROM (SELECT {'a': <email>, 'b': <last_name>} AS s FROM customers)",
    "SELECT orders FROM (SELECT {'a': <email>, 'b': <sii_rut>} AS orders FROM orders)",
    "WITH customers AS (SELECT <email> AS e, <last_name> AS l FROM customers) SELECT * FROM customers",
    (
        "WITH RECURSIVE r(n, e, l) AS (SELECT 1, list(<email>), list(<last_name>) FROM customers UNION ALL "
        "SELECT n + 1, e, l FROM r WHERE n < 2) SELECT * FROM r"
    ),
    "SELECT string_agg(CAST(<email> AS VARCHAR)), list(<rut>), max(<last_name>), mode(<phone>) FROM customers",
    "SELECT first_value(<email>) OVER (ORDER BY rut), lag(<phone>) OVER (ORDER BY id) FROM customers",
    "SELECT l.* FROM customers AS c, LATERAL (SELECT <c.email> AS id, <c.last_name> AS n) AS l",
    "SELECT <email> AS email, <rut> AS rut, <name> AS name FROM customers ORDER BY ALL",
    "SELECT x: <email>, y: <rut> FROM customers",
    "SELECT CASE WHEN TRUE THEN <email> END AS id, coalesce(<rut>, <phone>) AS n FROM customers",
    "SELECT <customers.email>, <o.email>, <o.sii_rut> FROM customers JOIN orders AS o ON o.customer_id = customers.id",
    "SELECT * FROM (SELECT <email> AS a FROM customers) POSITIONAL JOIN (SELECT <sii_rut> AS b FROM orders)",
)


def build_question(reading: str, spelling: str) -> str:
    """Spell every value that a way to read takes."""
    return re.sub("<([a-z0-9_.]+)>", lambda match: spelling.format(x=match[1]), reading)
