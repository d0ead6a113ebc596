-- ---
-- title = { es = "Proyección de los próximos 364 días", en = "Forecast of the next 364 days" }
-- grain = { es = "una fila: cuánto comprarán los clientes, o por qué no se proyecta", en = "one row: what customers will buy, or why nothing is predicted" }
-- shape = "record"
-- history = "all"
-- parameters.refused = { es = "por qué no hay proyección; NULL si la hay", en = "why there is no prediction; NULL when there is one" }
-- columns = ["horizon_days", "refused", "customers", "expected_purchases", "expected_spent"]
-- [column]
-- horizon_days = { kind = "count", es = "Días proyectados", en = "Days ahead" }
-- refused = { kind = "text", vocabulary = "refusal", es = "Sin proyección", en = "No prediction" }
-- customers = { kind = "count", es = "Clientes: con una compra", en = "Customers: with a purchase" }
-- ---
WITH
known AS (
    SELECT count(*) AS customers
    FROM occasions
    WHERE place = 1
),
sums AS (
    SELECT coalesce(sum(expected_purchases), 0) AS purchases, coalesce(sum(expected_spent), 0) AS spent
    FROM predicted
)
SELECT
    CAST(364 AS BIGINT) AS horizon_days,
    CAST($refused AS VARCHAR) AS refused,
    known.customers,
    CASE WHEN $refused IS NULL THEN CAST(sums.purchases AS DECIMAL(18, 3)) END AS expected_purchases,
    CASE WHEN $refused IS NULL THEN CAST(sums.spent AS DECIMAL(18, 2)) END AS expected_spent
FROM known
CROSS JOIN sums;
