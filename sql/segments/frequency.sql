-- ---
-- title = { es = "Frecuencia de compra", en = "Purchase frequency" }
-- grain = { es = "una fila por número de compras que ha hecho un cliente; desde 10, juntas", en = "one row per number of purchases a customer has made; from 10 on together" }
-- shape = "rows"
-- history = "all"
-- chart = { kind = "column", x = "purchases", y = "customers" }
-- group_size = "customers"
-- columns = [
--     "purchases", "customers", "customers_pct", "total_spent", "average_lifetime_value",
--     "average_days_between_purchases", "average_days_since_last_purchase",
-- ]
-- [column]
-- purchases = { kind = "text", es = "Compras por cliente", en = "Purchases per customer" }
-- customers_pct = { es = "% de clientes", en = "% of customers" }
-- average_days_between_purchases = { es = "Días entre compras: promedio de los clientes que tienen uno", en = "Days between purchases: mean over the customers that have one" }
-- average_days_since_last_purchase = { kind = "days", es = "Días sin comprar: promedio", en = "Days since last purchase: mean" }
-- ---
WITH
grouped AS (
    SELECT
        least(purchases, 10) AS times,
        total_spent,
        -- In tenths of a day, as the figure is stored.
        CAST(average_days_between_purchases * 10 AS HUGEINT) AS tenths_between,
        days_since_last_purchase
    FROM customer_facts_at(CAST('infinity' AS TIMESTAMP), $as_of_date)
),
whole AS (
    SELECT count(*) AS customers
    FROM grouped
)
SELECT
    CASE WHEN grouped.times = 10 THEN '10+' ELSE CAST(grouped.times AS VARCHAR) END AS purchases,
    count(*) AS customers,
    percent_of(count(*), any_value(whole.customers)) AS customers_pct,
    sum(grouped.total_spent) AS total_spent,
    money_per(sum(grouped.total_spent), count(*)) AS average_lifetime_value,
    days_per(sum(grouped.tenths_between) * 8640000000, count(grouped.tenths_between)) AS average_days_between_purchases,
    days_per(sum(grouped.days_since_last_purchase) * 86400000000, count(grouped.days_since_last_purchase))
        AS average_days_since_last_purchase
FROM grouped
CROSS JOIN whole
GROUP BY grouped.times
ORDER BY grouped.times;
