-- ---
-- title = { es = "Segmentos de clientes", en = "Customer segments" }
-- grain = { es = "una fila por cliente de estas sucursales", en = "one row per customer of the scope" }
-- shape = "rows"
-- history = "all"
-- columns = [
--     "customer_id", "branch", "name", "email", "phone", "rut", "is_active", "created", "purchases",
--     "recognised_sales", "total_spent", "lifetime_value", "average_order_value", "first_purchase",
--     "last_purchase", "days_since_last_purchase", "average_days_between_purchases", "segment", "r_score",
--     "f_score", "m_score", "rfm_score", "rfm_segment", "next_eye_exam_due",
-- ]
-- [column]
-- customer_id = { es = "Id", en = "Id" }
-- recognised_sales = { total = true }
-- total_spent = { es = "Gastado: suma de sus ventas pagadas", en = "Spent: sum of its paid sales" }
-- lifetime_value = { total = true }
-- next_eye_exam_due = { kind = "date", es = "Próximo examen", en = "Next eye exam due" }
-- ---
SELECT
    CAST(facts.customer_id AS VARCHAR) AS customer_id,
    branch.code AS branch,
    customer_name(customer.first_name, customer.last_name) AS name,
    customer.email,
    customer.phone,
    customer.rut,
    customer.is_active,
    local_day(customer.created_at) AS created,
    facts.purchases,
    facts.recognised_sales,
    facts.total_spent,
    facts.total_spent AS lifetime_value,
    facts.average_order_value,
    facts.first_purchase,
    facts.last_purchase,
    facts.days_since_last_purchase,
    facts.average_days_between_purchases,
    facts.segment,
    facts.r_score,
    facts.f_score,
    facts.m_score,
    facts.rfm_score,
    facts.rfm_segment,
    customer.next_eye_exam_due
FROM customer_segments_at(CAST('infinity' AS TIMESTAMP), $as_of_date) AS facts
INNER JOIN customers AS customer ON facts.customer_id = customer.id
LEFT JOIN branches AS branch ON customer.branch_id = branch.id
ORDER BY lifetime_value DESC, facts.customer_id;
