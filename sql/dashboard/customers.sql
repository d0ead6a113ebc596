-- ---
-- title = { es = "Clientes", en = "Customers" }
-- grain = { es = "una fila: los clientes del alcance", en = "one row: the customers of the scope" }
-- shape = "record"
-- uses = "active_customers"
-- columns = [
--     "customers_total", "customers_active", "customers_enabled", "customers_new",
--     "customers_new_this_month", "customers_buying", "customers_recurring",
-- ]
-- [column]
-- customers_total = { kind = "count", es = "Clientes: creados hasta la fecha del informe", en = "Customers: created up to as-of" }
-- customers_active = { kind = "count", es = "Clientes activos: con una compra en los últimos {active_days} días", en = "Active customers: with a purchase in the last {active_days} days" }
-- customers_enabled = { kind = "count", es = "Clientes habilitados: no marcados como inactivos", en = "Enabled customers: not marked as inactive" }
-- customers_new = { kind = "count", es = "Clientes nuevos: creados en el período", en = "New customers: created in the period" }
-- customers_new_this_month = { kind = "count", es = "Nuevos este mes: creados en el mes calendario de la fecha del informe", en = "New this month: created in as-of's calendar month" }
-- customers_buying = { kind = "count", es = "Clientes que compraron: con al menos una compra en el período", en = "Buying customers: with at least one purchase in the period" }
-- customers_recurring = { kind = "count", es = "Clientes que repiten: con al menos dos compras en el período", en = "Recurring customers: with at least two purchases in the period" }
-- ---
WITH
known AS (
    SELECT
        count(*) AS total,
        count(*) FILTER (WHERE is_active IS DISTINCT FROM FALSE) AS enabled,
        count(*) FILTER (WHERE created_at >= $from_at AND created_at < $until_at) AS new,
        count(*) FILTER (WHERE created_at >= $month_at) AS new_this_month
    FROM customers
),
buyers AS (
    SELECT
        customer_id,
        count(*) AS purchases
    FROM purchases
    WHERE customer_id IS NOT NULL AND local_date BETWEEN $from_date AND $to_date
    GROUP BY customer_id
),
buying AS (
    SELECT
        count(*) AS buying,
        count(*) FILTER (WHERE purchases >= 2) AS recurring
    FROM buyers
),
active AS (
    SELECT count(*) AS customers
    FROM active_customers
)
SELECT
    known.total AS customers_total,
    active.customers AS customers_active,
    known.enabled AS customers_enabled,
    known.new AS customers_new,
    known.new_this_month AS customers_new_this_month,
    buying.buying AS customers_buying,
    buying.recurring AS customers_recurring
FROM known
CROSS JOIN active
CROSS JOIN buying;
