-- ---
-- title = { es = "Resumen", en = "Summary" }
-- grain = { es = "una fila: los clientes de estas sucursales", en = "one row: the customers of the scope" }
-- shape = "record"
-- uses = "active_customers"
-- columns = ["total", "active", "new_this_month"]
-- [column]
-- total = { es = "Clientes", en = "Customers" }
-- active = { kind = "count", es = "Activos: con una compra en los últimos 365 días, o los que diga segments.active_days", en = "Active: with a purchase in the last 365 days, or as many as segments.active_days says" }
-- new_this_month = { kind = "count", es = "Nuevos este mes", en = "New this month" }
-- ---
SELECT
    count(*) AS total,
    (
        SELECT count(*)
        FROM active_customers
    ) AS active,
    count(*) FILTER (WHERE created_at >= $month_at) AS new_this_month
FROM customers;
