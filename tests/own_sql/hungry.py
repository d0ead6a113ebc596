"""Statements that take long or much: each runs far beyond small limits when nothing kills it."""

from __future__ import annotations

LONG = (
    "SELECT damerau_levenshtein(repeat('ab', 40000), repeat('ba', 40000)) AS n",
    "SELECT count(*) AS n FROM range(100000) AS a, range(100000) AS b WHERE sqrt(a.range) > ln(b.range + 2)",
    f"SELECT 1 AS n {'UNION SELECT 1 ' * 8000}",
    "SELECT levenshtein(repeat('x', 90000), repeat('y', 90000)) AS n",
    "SELECT sum(length(md5(CAST(a.range AS VARCHAR)))) AS n FROM range(1000000000) AS a",
    "SELECT list_sort(list_transform(range(1, 60000000), lambda i: hash(i)))[1] AS n",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) AS n FROM r",
    "SELECT regexp_replace(repeat('a', 40000000), '(a|b|ab)*c', 'x') AS n",
    "SELECT jaro_winkler_similarity(repeat('ab', 60000), repeat('ba', 60000)) AS n",
)
LARGE = (
    "SELECT length(repeat(repeat('x', 100000), 60000)) AS n",
    "SELECT len(string_split(repeat('x,', 400000000), ',')) AS n",
    "SELECT length(replace(repeat('x', 300000000), 'x', 'yyyyyyyyyy')) AS n",
    "SELECT printf('%2000000000d', 1) AS n",
    "SELECT list(range) AS n FROM range(300000000)",
    "SELECT * FROM range(100000000)",
    "SELECT length(lpad('x', 2000000000, 'y')) AS n",
    "SELECT length(bin(factorial(33))) + length(repeat('z', 2000000000)) AS n",
)
