-- ---
-- title = { es = "Proyección por sucursal", en = "Forecast by branch" }
-- grain = { es = "una fila por sucursal de los clientes", en = "one row per branch of the customers" }
-- shape = "rows"
-- history = "all"
-- depends_on = "forecast"
-- group_size = "customers"
-- columns = ["branch", "customers", "expected_purchases", "expected_spent"]
-- [column]
-- customers = { kind = "count", total = true, es = "Clientes", en = "Customers" }
-- expected_purchases = { total = true }
-- expected_spent = { share = true, total = true }
-- ---
WITH
placed AS (
    SELECT branch.code AS branch, predicted.expected_purchases, predicted.expected_spent
    FROM predicted
    INNER JOIN customers AS customer ON predicted.customer_id = customer.id
    LEFT JOIN branches AS branch ON customer.branch_id = branch.id
)
SELECT
    branch,
    count(*) AS customers,
    CAST(sum(expected_purchases) AS DECIMAL(18, 3)) AS expected_purchases,
    CAST(sum(expected_spent) AS DECIMAL(18, 2)) AS expected_spent
FROM placed
GROUP BY branch
ORDER BY branch NULLS LAST;
