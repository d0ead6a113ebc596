-- ---
-- title = { es = "Ventas por día", en = "Sales by day" }
-- grain = { es = "una fila por fecha local del período, también las de valor cero", en = "one row per local date of the window, zeros included" }
-- shape = "rows"
-- chart = { kind = "line", x = "date", y = "value", previous = true }
-- columns = ["date", "value", "count"]
-- [column]
-- value = { kind = "money", total = true, es = "Ingresos", en = "Revenue" }
-- count = { es = "Ventas", en = "Sales" }
-- ---
WITH
sold AS (
    SELECT
        local_date AS date,
        coalesce(sum(money), 0) AS value,
        count(*) AS count
    FROM purchases
    -- Over the previous window this is where it is cut.
    WHERE is_recognised AND local_date BETWEEN $from_date AND $to_date AND local_at <= $as_of_local
    GROUP BY local_date
)
SELECT
    day.date,
    coalesce(sold.value, 0) AS value,
    coalesce(sold.count, 0) AS count
FROM days_between($from_date, $to_date) AS day
LEFT JOIN sold ON day.date = sold.date
ORDER BY day.date;
