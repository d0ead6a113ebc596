-- ---
-- title = { es = "Clientes nuevos por día", en = "New customers by day" }
-- grain = { es = "una fila por fecha local del período, también las de valor cero", en = "one row per local date of the window, zeros included" }
-- shape = "rows"
-- chart = { kind = "line", x = "date", y = "value" }
-- columns = ["date", "value", "count"]
-- [column]
-- value = { es = "Clientes nuevos", en = "New customers" }
-- ---
WITH
counted AS (
    SELECT
        local_day(created_at) AS date,
        count(*) AS count
    FROM customers
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
