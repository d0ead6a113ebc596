-- ---
-- title = { es = "Clientes por lo proyectado hace un año, en diez grupos", en = "Customers by what was predicted a year ago, in ten groups" }
-- grain = { es = "una fila por décimo de los clientes, el de más dinero proyectado primero", en = "one row per tenth of the customers, the one with most predicted money first" }
-- shape = "rows"
-- history = "all"
-- group_size = "customers"
-- columns = ["decile", "customers", "predicted_purchases", "actual_purchases", "predicted_spent", "actual_spent"]
-- [column]
-- decile = { kind = "count", es = "Décimo", en = "Tenth" }
-- customers = { kind = "count", total = true, es = "Clientes", en = "Customers" }
-- ---
SELECT
    decile,
    count(*) AS customers,
    CAST(sum(expected_purchases) AS DECIMAL(18, 3)) AS predicted_purchases,
    CAST(sum(purchases) AS BIGINT) AS actual_purchases,
    CAST(sum(expected_spent) AS DECIMAL(18, 2)) AS predicted_spent,
    CAST(sum(spent) AS DECIMAL(18, 2)) AS actual_spent
FROM backtested
GROUP BY decile
ORDER BY decile;
