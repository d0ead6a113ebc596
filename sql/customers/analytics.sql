-- ---
-- title = { es = "Cifras del cliente", en = "The customer's figures" }
-- grain = { es = "una fila: compras, valor y segmentos de un cliente", en = "one row: purchases, value and segments of one customer" }
-- shape = "record"
-- uses = "customer_segments"
-- history = "all"
-- parameters.customer = { es = "el id del cliente", en = "the customer's id" }
-- [columns]
-- purchases = { kind = "count", es = "Compras", en = "Purchases" }
-- recognised_sales = { kind = "count", es = "Ventas pagadas", en = "Paid sales" }
-- total_spent = { kind = "money", es = "Gastado: suma de sus ventas pagadas", en = "Spent: sum of its paid sales" }
-- lifetime_value = { kind = "money", es = "Valor de vida: valor histórico, igual a lo gastado", en = "Lifetime value: historical value, equal to what was spent" }
-- average_order_value = { kind = "money", es = "Compra promedio", en = "Average order" }
-- first_purchase = { kind = "date", es = "Primera compra", en = "First purchase" }
-- last_purchase = { kind = "date", es = "Última compra", en = "Last purchase" }
-- days_since_last_purchase = { kind = "count", es = "Días sin comprar", en = "Days since last purchase" }
-- average_days_between_purchases = { kind = "days", es = "Días entre compras", en = "Days between purchases" }
-- segment = { kind = "text", words = "segment", es = "Segmento", en = "Segment" }
-- r_score = { kind = "count", es = "R: qué tan reciente", en = "R: how recent" }
-- f_score = { kind = "count", es = "F: cuántas compras", en = "F: how many purchases" }
-- m_score = { kind = "count", es = "M: cuánto gastó", en = "M: how much was spent" }
-- rfm_score = { kind = "text", es = "RFM", en = "RFM" }
-- rfm_segment = { kind = "text", words = "rfm_segment", es = "Segmento RFM", en = "RFM segment" }
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
