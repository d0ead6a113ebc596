-- ---
-- title = { es = "Ventas", en = "Sales" }
-- grain = { es = "una fila: las ventas pagadas del período, y los ingresos de la ventana anterior", en = "one row: the window's recognised sales, and the previous window's revenue" }
-- shape = "record"
-- columns = [
--     "total_revenue", "pos_revenue", "work_order_revenue", "other_revenue", "previous_revenue",
--     "revenue_growth_pct", "sales_count", "average_ticket", "average_pos_ticket",
--     "average_work_order_ticket",
-- ]
-- [column]
-- total_revenue = { kind = "money", es = "Ingresos: ventas pagadas del período, de todos los canales", en = "Revenue: paid sales of the period, over all channels" }
-- previous_revenue = { kind = "money", es = "Ingresos anteriores: los mismos ingresos en la ventana anterior", en = "Previous revenue: the same revenue over the previous window" }
-- revenue_growth_pct = { kind = "percent", es = "Crecimiento: (actual − anterior) / anterior × 100; vacío si lo anterior es 0", en = "Growth: (current − previous) / previous × 100; empty when previous is 0" }
-- sales_count = { kind = "count", es = "Ventas: compras pagadas del período, en cualquier moneda", en = "Sales: paid purchases of the period, in any currency" }
-- average_ticket = { kind = "money", es = "Ticket promedio: ingresos / ventas en la moneda del informe", en = "Average ticket: revenue / sales in the report's currency" }
-- average_pos_ticket = { kind = "money", es = "Ticket de caja: ingresos por caja / ventas por caja", en = "POS ticket: POS revenue / POS sales" }
-- average_work_order_ticket = { kind = "money", needs = "lab_work_orders", es = "Ticket de trabajos: ingresos por trabajos / ventas con orden de trabajo", en = "Work order ticket: work order revenue / sales with a work order" }
-- ---
WITH
-- Recognised sales only: a purchase is revenue once it is paid.
sales AS (
    SELECT channel, money, local_date, local_at
    FROM purchases
    WHERE is_recognised
),
current_window AS (
    SELECT
        coalesce(sum(money), 0) AS revenue,
        coalesce(sum(money) FILTER (WHERE channel = 'pos'), 0) AS pos,
        coalesce(sum(money) FILTER (WHERE channel = 'work_order'), 0) AS work_order,
        coalesce(sum(money) FILTER (WHERE channel = 'other'), 0) AS other,
        count(*) AS sales,
        count(money) AS in_currency,
        count(money) FILTER (WHERE channel = 'pos') AS pos_sales,
        count(money) FILTER (WHERE channel = 'work_order') AS work_order_sales
    FROM sales
    WHERE local_date BETWEEN $from_date AND $to_date
),
-- While the current window is not over, the previous one ends at as-of's wall-clock time on its last date.
previous_window AS (
    SELECT CASE WHEN $previous_from IS NOT NULL THEN coalesce(sum(money), 0) END AS revenue
    FROM sales
    WHERE
        local_date BETWEEN $previous_from AND $previous_to
        AND (local_date < $previous_to OR local_at <= $previous_until)
)
SELECT
    now.revenue AS total_revenue,
    now.pos AS pos_revenue,
    now.work_order AS work_order_revenue,
    now.other AS other_revenue,
    before.revenue AS previous_revenue,
    percent_of(now.revenue - before.revenue, before.revenue) AS revenue_growth_pct,
    now.sales AS sales_count,
    money_per(now.revenue, now.in_currency) AS average_ticket,
    money_per(now.pos, now.pos_sales) AS average_pos_ticket,
    money_per(now.work_order, now.work_order_sales) AS average_work_order_ticket
FROM current_window AS now
CROSS JOIN previous_window AS before;
