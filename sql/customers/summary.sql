-- ---
-- title = { es = "Resumen", en = "Summary" }
-- grain = { es = "una fila: los clientes del alcance", en = "one row: the customers of the scope" }
-- shape = "record"
-- uses = "active_customers"
-- columns = ["total", "active", "new_this_month"]
-- [column]
-- total = { es = "Clientes", en = "Customers" }
-- active = { kind = "count", es = "Activos: con una compra en los últimos {active_days} días", en = "Active: with a purchase in the last {active_days} days" }
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
