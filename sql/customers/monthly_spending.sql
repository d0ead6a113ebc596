-- ---
-- title = { es = "Gasto por mes", en = "Spending by month" }
-- grain = { es = "una fila por mes calendario: los últimos 12, el actual al final", en = "one row per calendar month: the last 12, the current one last" }
-- shape = "rows"
-- history = "all"
-- parameters.customer = { es = "el id del cliente", en = "the customer's id" }
-- chart = { kind = "column", x = "month", y = "amount" }
-- columns = ["month", "amount", "purchases"]
-- [column]
-- month = { kind = "text", es = "Mes", en = "Month" }
-- amount = { kind = "money", share = true, total = true, es = "Gastado", en = "Spent" }
-- ---
WITH
months AS (
    SELECT strftime(CAST(month AS DATE), '%Y-%m') AS month
    FROM
        generate_series(
            date_trunc('month', CAST($as_of_date AS TIMESTAMP)) - INTERVAL 11 MONTH,
            date_trunc('month', CAST($as_of_date AS TIMESTAMP)),
            INTERVAL 1 MONTH
        ) AS series (month)
),
bought AS (
    SELECT
        strftime(local_date, '%Y-%m') AS month,
        sum(money) FILTER (WHERE is_recognised) AS amount,
        count(*) AS purchases
    FROM purchases
    WHERE CAST(customer_id AS VARCHAR) = $customer
    GROUP BY strftime(local_date, '%Y-%m')
)
SELECT
    months.month,
    coalesce(bought.amount, 0) AS amount,
    coalesce(bought.purchases, 0) AS purchases
FROM months
LEFT JOIN bought ON months.month = bought.month
ORDER BY months.month;
