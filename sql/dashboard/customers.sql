-- ---
-- title = { es = "Clientes", en = "Customers" }
-- grain = { es = "una fila: los clientes de estas sucursales", en = "one row: the customers of the scope" }
-- shape = "record"
-- columns = [
--     "customers_total", "customers_active", "customers_enabled", "customers_new",
--     "customers_new_this_month", "customers_buying", "customers_recurring",
-- ]
-- [column]
-- customers_total = { kind = "count", es = "Clientes: creados hasta la fecha del informe", en = "Customers: created up to as-of", of = "customers", take = "count", section = "6" }
-- customers_active = { kind = "count", es = "Clientes activos: con una compra en los últimos 365 días, o los que diga segments.active_days", en = "Active customers: with a purchase in the last 365 days, or as many as segments.active_days says", of = "purchases", take = "count distinct customer", where = "in_active_days and attributed = true", section = "6" }
-- customers_enabled = { kind = "count", es = "Clientes habilitados: no marcados como inactivos", en = "Enabled customers: not marked as inactive", of = "customers", take = "count", where = "enabled = true", section = "6" }
-- customers_new_this_month = { kind = "count", es = "Nuevos este mes: creados en el mes calendario de la fecha del informe", en = "New this month: created in as-of's calendar month", of = "customers", take = "count", where = "in_month", section = "6" }
-- customers_recurring = { kind = "count", es = "Clientes que repiten: con al menos dos compras en el período", en = "Recurring customers: with at least two purchases in the period", of = "purchases", take = "count distinct customer", where = "in_window and attributed = true and repeated = true", section = "6" }
-- customers_new = { of = "customers", take = "count", where = "in_window", section = "6" }
-- customers_buying = { of = "purchases", take = "count distinct customer", where = "in_window and attributed = true", section = "6" }
-- ---
WITH
known AS (
    SELECT
        count(*) AS total,
        count(*) FILTER (WHERE is_active IS DISTINCT FROM FALSE) AS enabled,
        count(*) FILTER (WHERE created_at >= $month_at) AS new_this_month
    FROM customers
),
active AS (
    SELECT count(*) AS customers
    FROM active_customers
)
SELECT
    known.total AS customers_total,
    active.customers AS customers_active,
    known.enabled AS customers_enabled,
    flow.customers AS customers_new,
    known.new_this_month AS customers_new_this_month,
    flow.buying AS customers_buying,
    flow.recurring AS customers_recurring
FROM sale_sums AS flow
CROSS JOIN known
CROSS JOIN active
WHERE flow.place = 1;
