-- ---
-- title = { es = "Proyección del cliente", en = "The customer's forecast" }
-- grain = { es = "una fila: lo que se espera de un cliente, o por qué no se proyecta", en = "one row: what is expected of one customer, or why nothing is predicted" }
-- shape = "record"
-- history = "all"
-- parameters.customer = { es = "el id del cliente", en = "the customer's id" }
-- parameters.refused = { es = "por qué no hay proyección; NULL si la hay", en = "why there is no prediction; NULL when there is one" }
-- columns = ["refused", "expected_purchases_12m", "probability_12m_pct", "expected_spent_12m"]
-- [column]
-- refused = { kind = "text", vocabulary = "refusal", es = "Sin proyección", en = "No prediction" }
-- ---
SELECT
    CAST($refused AS VARCHAR) AS refused,
    predicted.expected_purchases AS expected_purchases_12m,
    predicted.probability_pct AS probability_12m_pct,
    predicted.expected_spent AS expected_spent_12m
FROM (SELECT CAST($customer AS VARCHAR) AS customer_id) AS asked
LEFT JOIN predicted ON asked.customer_id = CAST(predicted.customer_id AS VARCHAR);
