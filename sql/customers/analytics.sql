-- ---
-- title = { es = "Cifras del cliente", en = "The customer's figures" }
-- grain = { es = "una fila: compras, valor y segmentos de un cliente", en = "one row: purchases, value and segments of one customer" }
-- shape = "record"
-- history = "all"
-- parameters.customer = { es = "el id del cliente", en = "the customer's id" }
-- columns = [
--     "purchases", "recognised_sales", "total_spent", "lifetime_value", "average_order_value",
--     "first_purchase", "last_purchase", "days_since_last_purchase", "average_days_between_purchases",
--     "segment", "r_score", "f_score", "m_score", "rfm_score", "rfm_segment",
-- ]
-- [column]
-- purchases = { total = false, of = "purchases", take = "count", where = "of_customer", section = "7" }
-- total_spent = { total = false, es = "Gastado: suma de sus ventas pagadas", en = "Spent: sum of its paid sales", of = "sales", take = "sum money", where = "of_customer", section = "7" }
-- average_order_value = { es = "Compra promedio", en = "Average order", of = "sales", where = "of_customer", formula = "total_spent / count money", section = "7" }
-- average_days_between_purchases = { es = "Días entre compras", en = "Days between purchases", of = "purchases", where = "of_customer", formula = "(last_purchase - first_purchase) / (count dates - 1)", section = "7" }
-- r_score = { es = "R: qué tan reciente", en = "R: how recent", of = "customers", where = "bought = true", measure = "quiet_days", formula = "5 - cut points below", section = "8" }
-- f_score = { es = "F: cuántas compras", en = "F: how many purchases", of = "customers", where = "bought = true", formula = "1 + cut points below", section = "8" }
-- m_score = { es = "M: cuánto gastó", en = "M: how much was spent", of = "customers", where = "bought = true", measure = "spent_cents", formula = "1 + cut points below", section = "8" }
-- rfm_score = { of = "customers", where = "bought = true", formula = "r_score * 100 + f_score * 10 + m_score", section = "8" }
-- recognised_sales = { of = "sales", take = "count", where = "of_customer", section = "7" }
-- lifetime_value = { of = "sales", take = "sum money", where = "of_customer", section = "7" }
-- first_purchase = { of = "purchases", take = "first date", where = "of_customer", section = "7" }
-- last_purchase = { of = "purchases", take = "last date", where = "of_customer", section = "7" }
-- days_since_last_purchase = { of = "purchases", where = "of_customer", formula = "as_of - last_purchase", section = "7" }
-- ---
SELECT
    purchases,
    recognised_sales,
    total_spent,
    total_spent AS lifetime_value,
    average_order_value,
    first_purchase,
    last_purchase,
    days_since_last_purchase,
    average_days_between_purchases,
    segment,
    r_score,
    f_score,
    m_score,
    rfm_score,
    rfm_segment
FROM customer_segments_at(CAST('infinity' AS TIMESTAMP), $as_of_date)
WHERE CAST(customer_id AS VARCHAR) = $customer
ORDER BY customer_id;
