-- ---
-- title = { es = "Otra moneda", en = "Other currency" }
-- grain = { es = "una fila por otra moneda: compras del período, con su monto en esa moneda", en = "one row per other currency: purchases of the window, with their amount in that currency" }
-- shape = "rows"
-- columns = ["currency", "count", "amount"]
-- [column]
-- count = { total = false, es = "Compras", en = "Purchases" }
-- ---
SELECT
    currency,
    count(*) AS count,
    coalesce(sum(total_amount), 0) AS amount
FROM purchases
WHERE money IS NULL AND local_date BETWEEN $from_date AND $to_date
GROUP BY currency
ORDER BY currency;
