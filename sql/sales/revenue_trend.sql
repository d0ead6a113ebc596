-- ---
-- title = { es = "Ingresos por día", en = "Revenue by day" }
-- grain = { es = "una fila por fecha local del período, también las de valor cero", en = "one row per local date of the window, zeros included" }
-- shape = "rows"
-- period = true
-- chart = { kind = "line", x = "date", y = "revenue" }
-- columns = ["date", "revenue", "pos_revenue", "work_order_revenue", "other_revenue", "sales", "customers"]
-- [column]
-- pos_revenue = { total = true, es = "Caja", en = "POS" }
-- work_order_revenue = { total = true, es = "Trabajos", en = "Work orders" }
-- other_revenue = { total = true, es = "Otros", en = "Other" }
-- sales = { kind = "count", total = true, es = "Ventas", en = "Sales" }
-- customers = { total = false, es = "Clientes distintos que compraron", en = "Distinct customers who bought" }
-- ---
WITH
sold AS (
    SELECT
        local_date AS date,
        sum(money) AS revenue,
        sum(money) FILTER (WHERE channel = 'pos') AS pos,
        sum(money) FILTER (WHERE channel = 'work_order') AS work_order,
        sum(money) FILTER (WHERE channel = 'other') AS other,
        count(*) AS sales,
        count(DISTINCT customer_id) AS customers
    FROM purchases
    WHERE is_recognised AND local_date BETWEEN $from_date AND $to_date
    GROUP BY local_date
)
SELECT
    day.date,
    coalesce(sold.revenue, 0) AS revenue,
    coalesce(sold.pos, 0) AS pos_revenue,
    coalesce(sold.work_order, 0) AS work_order_revenue,
    coalesce(sold.other, 0) AS other_revenue,
    coalesce(sold.sales, 0) AS sales,
    coalesce(sold.customers, 0) AS customers
FROM days_between($from_date, $to_date) AS day
LEFT JOIN sold ON day.date = sold.date
ORDER BY day.date;
