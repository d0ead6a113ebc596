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
-- average_pos_ticket = { kind = "money", es = "Ticket de caja: ingresos por caja / ventas por caja", en = "POS ticket: POS revenue / POS sales", of = "sales", where = "in_window and channel = pos", formula = "pos_revenue / count money", section = "6" }
-- average_work_order_ticket = { kind = "money", needs = "lab_work_orders", es = "Ticket de trabajos: ingresos por trabajos / ventas con orden de trabajo", en = "Work order ticket: work order revenue / sales with a work order", of = "sales", where = "in_window and channel = work_order", formula = "work_order_revenue / count money", section = "6" }
-- total_revenue = { of = "sales", take = "sum money", where = "in_window", section = "6" }
-- pos_revenue = { of = "sales", take = "sum money", where = "in_window and channel = pos", section = "6" }
-- work_order_revenue = { of = "sales", take = "sum money", where = "in_window and channel = work_order", section = "6" }
-- other_revenue = { of = "sales", take = "sum money", where = "in_window and channel = other", section = "6" }
-- previous_revenue = { of = "sales", take = "sum money", where = "in_previous", section = "6" }
-- revenue_growth_pct = { of = "sales", where = "in_window", formula = "(total_revenue - previous_revenue) / previous_revenue * 100", section = "6" }
-- sales_count = { of = "sales", take = "count", where = "in_window", section = "6" }
-- average_ticket = { of = "sales", where = "in_window", formula = "total_revenue / count money", section = "6" }
-- ---
SELECT
    now.revenue AS total_revenue,
    now.pos AS pos_revenue,
    now.work_order AS work_order_revenue,
    now.other AS other_revenue,
    before.revenue AS previous_revenue,
    percent_of(now.revenue - before.revenue, before.revenue) AS revenue_growth_pct,
    now.sales AS sales_count,
    money_per(now.revenue, now.sales_in_currency) AS average_ticket,
    money_per(now.pos, now.pos_sales) AS average_pos_ticket,
    money_per(now.work_order, now.work_order_sales) AS average_work_order_ticket
FROM sale_sums AS now
LEFT JOIN sale_sums AS before ON before.place = 2
WHERE now.place = 1;
