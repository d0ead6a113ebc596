-- ---
-- title = { es = "Compras de nadie", en = "Purchases of nobody" }
-- grain = { es = "una fila por motivo: compras del período sin cliente", en = "one row per reason: purchases of the window without a customer" }
-- shape = "map"
-- columns = ["reason", "count", "amount"]
-- [column]
-- count = { total = false, es = "Compras", en = "Purchases" }
-- amount = { kind = "money", es = "Monto", en = "Amount" }
-- ---
SELECT
    unattributed AS reason,
    count(*) AS count,
    coalesce(sum(money), 0) AS amount
FROM purchases
WHERE unattributed IS NOT NULL AND local_date BETWEEN $from_date AND $to_date
GROUP BY unattributed
ORDER BY reason;
