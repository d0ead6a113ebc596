-- ---
-- title = { es = "Resumen", en = "Summary" }
-- grain = "one row: the customers of the scope"
-- shape = "record"
-- history = "all"
-- [columns]
-- total = { kind = "count", es = "Clientes", en = "Customers" }
-- active = { kind = "count", es = "Activos: con una compra en los últimos 365 días", en = "Active: with a purchase in the last 365 days" }
-- new_this_month = { kind = "count", es = "Nuevos este mes", en = "New this month" }
-- ---
SELECT
    count(*) AS total,
    count(*) FILTER (
        WHERE id IN (
            SELECT customer_id
            FROM purchases
            WHERE local_date >= $active_from
        )
    ) AS active,
    count(*) FILTER (WHERE created_at >= $month_at) AS new_this_month
FROM customers;
