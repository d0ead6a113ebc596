-- ---
-- title = { es = "Proyección por cliente", en = "Forecast by customer" }
-- grain = { es = "una fila por cliente con una compra, el de más dinero proyectado primero", en = "one row per customer with a purchase, the one with most predicted money first" }
-- shape = "rows"
-- history = "all"
-- columns = [
--     "customer_id", "branch", "name", "email", "phone", "purchase_dates", "days_since_last_purchase",
--     "expected_purchases_12m", "probability_12m_pct", "expected_spent_12m", "lifetime_value",
-- ]
-- [column]
-- customer_id = { es = "Id", en = "Id" }
-- purchase_dates = { kind = "count", es = "Fechas de compra", en = "Purchase dates" }
-- expected_spent_12m = { total = true }
-- lifetime_value = { total = true, es = "Total comprado", en = "Lifetime value" }
-- ---
WITH
known AS (
    SELECT customer_id, max(place) AS purchase_dates
    FROM occasions
    GROUP BY customer_id
)
SELECT
    CAST(known.customer_id AS VARCHAR) AS customer_id,
    branch.code AS branch,
    customer_name(customer.first_name, customer.last_name) AS name,
    customer.email,
    customer.phone,
    known.purchase_dates,
    facts.days_since_last_purchase,
    predicted.expected_purchases AS expected_purchases_12m,
    predicted.probability_pct AS probability_12m_pct,
    predicted.expected_spent AS expected_spent_12m,
    facts.total_spent AS lifetime_value
FROM known
INNER JOIN customers AS customer ON known.customer_id = customer.id
INNER JOIN customer_facts_at(CAST('infinity' AS TIMESTAMP), $as_of_date) AS facts ON known.customer_id = facts.customer_id
LEFT JOIN branches AS branch ON customer.branch_id = branch.id
LEFT JOIN predicted ON known.customer_id = predicted.customer_id
ORDER BY expected_spent_12m DESC NULLS LAST, customer_id;
