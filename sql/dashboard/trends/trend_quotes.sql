-- ---
-- title = { es = "Presupuestos por día", en = "Quotes by day" }
-- grain = { es = "una fila por fecha local del período, también las de valor cero", en = "one row per local date of the window, zeros included" }
-- shape = "rows"
-- needs = "quotes"
-- chart = { kind = "line", x = "date", y = "value" }
-- columns = ["date", "value", "count"]
-- [column]
-- value = { es = "Presupuestos", en = "Quotes" }
-- ---
WITH
counted AS (
    SELECT
        local_day(created_at) AS date,
        count(*) AS count
    FROM quotes
    WHERE created_at >= $from_at AND created_at < $until_at
    GROUP BY local_day(created_at)
)
SELECT
    day.date,
    coalesce(counted.count, 0) AS value,
    coalesce(counted.count, 0) AS count
FROM days_between($from_date, $to_date) AS day
LEFT JOIN counted ON day.date = counted.date
ORDER BY day.date;
