-- ---
-- title = { es = "Proyección por segmento", en = "Forecast by segment" }
-- grain = { es = "una fila por segmento de ciclo de vida con clientes que compraron", en = "one row per lifecycle segment with customers who bought" }
-- shape = "rows"
-- history = "all"
-- depends_on = "forecast"
-- group_size = "customers"
-- columns = ["segment", "customers", "expected_purchases", "expected_spent"]
-- [column]
-- customers = { kind = "count", total = true, es = "Clientes", en = "Customers" }
-- expected_purchases = { total = true }
-- expected_spent = { share = true, total = true }
-- ---
WITH
placed AS (
    SELECT facts.segment, predicted.expected_purchases, predicted.expected_spent
    FROM predicted
    INNER JOIN customer_segments_at(CAST('infinity' AS TIMESTAMP), $as_of_date) AS facts
        ON predicted.customer_id = facts.customer_id
)
SELECT
    segment,
    count(*) AS customers,
    CAST(sum(expected_purchases) AS DECIMAL(18, 3)) AS expected_purchases,
    CAST(sum(expected_spent) AS DECIMAL(18, 2)) AS expected_spent
FROM placed
GROUP BY segment
ORDER BY segment NULLS LAST;
