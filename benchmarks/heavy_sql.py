"""Statements that take far longer, or far more memory, than a user's SQL may: at run, at bind or at parse."""

from __future__ import annotations

_A, _B = "repeat('ab', 40000)", "repeat('ba', 40000)"
_LONG = "repeat('ab', 500000000)"
_MANY = "range(300000000)"
_CHAIN = ", ".join(["c0 AS (SELECT 1)", *(f"c{n} AS (SELECT * FROM c{n - 1})" for n in range(1, 3000))])

HEAVY = (
    # One call of a function that looks at nothing else until it is done.
    f"SELECT damerau_levenshtein({_A}, {_B})",
    f"SELECT levenshtein({_A}, {_B})",
    "SELECT jaro_winkler_similarity(repeat('ab', 400000), repeat('ba', 400000))",
    f"SELECT length(string_split({_LONG}, 'b'))",
    f"SELECT length(replace({_LONG}, 'a', 'xxxxxxxxxxxx'))",
    f"SELECT length(translate({_LONG}, 'ab', 'xy'))",
    f"SELECT length(regexp_replace({_LONG}, 'a', 'xxxx', 'g'))",
    f"SELECT length(regexp_extract_all({_LONG}, 'a'))",
    "SELECT length(repeat(repeat('x', 100000), 60000))",
    "SELECT length(printf('%2000000000d', 1))",
    "SELECT length(format('{:>2000000000}', 'x'))",
    "SELECT length(lpad('x', 2000000000, 'y'))",
    "SELECT length(rpad('x', 2000000000, 'yz'))",
    f"SELECT md5({_LONG})",
    f"SELECT sha256({_LONG})",
    f"SELECT length(hex({_LONG}))",
    f"SELECT length(to_base64(encode({_LONG})))",
    f"SELECT length(reverse({_LONG}))",
    f"SELECT length(upper({_LONG}))",
    f"SELECT length(to_json({_LONG}))",
    f"SELECT hamming({_LONG}, {_LONG})",
    "SELECT bit_count(CAST(repeat('10', 400000000) AS BIT))",
    "SELECT CAST(repeat('9', 400000) AS BIGNUM) + 1",
    "SELECT length(CAST(CAST(repeat('9', 300000) AS BIGNUM) AS VARCHAR))",
    # Lists that are made in one piece.
    f"SELECT list_sort(list_transform({_MANY}, lambda i: -i))[1]",
    f"SELECT length(list_distinct({_MANY}))",
    f"SELECT list_reduce({_MANY}, lambda a, b: a + b)",
    "SELECT length(list_transform(range(100000), lambda i: range(i)))",
    f"SELECT length(list_filter({_MANY}, lambda i: i % 2 = 0))",
    f"SELECT length(array_to_string({_MANY}, ','))",
    f"SELECT length(to_json({_MANY}))",
    f"SELECT length(list_concat({_MANY}, {_MANY}))",
    "SELECT length(flatten(list_transform(range(30000), lambda i: range(30000))))",
    f"SELECT unnest({_MANY})",
    # Many rows.
    f"SELECT list(range) FROM {_MANY}",
    f"SELECT string_agg(range, ',') FROM {_MANY}",
    f"SELECT histogram(range) FROM {_MANY}",
    f"SELECT mode(range), median(hash(range)) FROM {_MANY}",
    f"SELECT count(DISTINCT hash(range)) FROM {_MANY}",
    f"SELECT range FROM {_MANY} ORDER BY hash(range)",
    f"SELECT range, count(*) FROM {_MANY} GROUP BY range",
    f"SELECT sum(range) OVER (ORDER BY hash(range)) FROM {_MANY}",
    f"SELECT * FROM {_MANY}",
    "SELECT count(*) FROM range(1000000000000)",
    "SELECT sum(factorial(33)) FROM range(1000000000000)",
    "SELECT count(*) FROM range(1000000) AS a, range(1000000) AS b WHERE a.range % 7 = b.range % 11",
    "SELECT count(*) FROM range(1000000) AS a JOIN range(1000000) AS b ON a.range * 7 % 13 < b.range",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
    "WITH RECURSIVE r(t) AS (SELECT 'x' UNION ALL SELECT t || t FROM r) SELECT max(length(t)) FROM r",
    # Long before there is a row: parse, bind, plan.
    f"SELECT 1 AS n {'UNION SELECT 1 ' * 8000}",
    f"SELECT {'CASE WHEN true THEN 1 ELSE ' * 3000}0{' END' * 3000}",
    f"SELECT 1 FROM {', '.join(f'customers AS c{number}' for number in range(400))}",
    f"WITH {_CHAIN} SELECT * FROM c2999",
)
