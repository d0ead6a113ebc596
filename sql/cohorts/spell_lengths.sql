-- ---
-- title = { es = "Lapsos entre compras", en = "Spells between purchases" }
-- grain = { es = "una fila por lapso y duración en días", en = "one row per kind of spell and length in days" }
-- shape = "rows"
-- history = "all"
-- columns = ["after", "length", "returned", "open"]
-- [column]
-- after = { kind = "text", vocabulary = "spell", es = "Después de", en = "After" }
-- length = { kind = "count", es = "Días", en = "Days" }
-- returned = { kind = "count", es = "Volvieron", en = "Returned" }
-- open = { kind = "count", es = "Abiertos", en = "Open" }
-- ---
WITH
spells AS (
    SELECT
        CASE WHEN place = 1 THEN 'first' ELSE 'later' END AS after,
        CAST(date_diff('day', local_date, coalesce(next_date, $as_of_date)) AS BIGINT) AS length,
        next_date
    FROM occasions
)
SELECT
    after,
    length,
    count(next_date) AS returned,
    count(*) - count(next_date) AS open
FROM spells
GROUP BY after, length
ORDER BY after, length;
