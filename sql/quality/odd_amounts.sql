-- ---
-- title = { es = "Montos raros", en = "Odd amounts" }
-- grain = { es = "una fila: compras del período sin monto o con monto negativo", en = "one row: purchases of the window whose amount is missing or negative" }
-- shape = "record"
-- columns = ["null_amounts", "negative_amounts"]
-- [column]
-- null_amounts = { kind = "count", es = "Compras sin monto: cuentan como 0", en = "Purchases without an amount: they count as 0" }
-- negative_amounts = { kind = "count", es = "Compras con monto negativo: se suman como están", en = "Purchases with a negative amount: summed as they are" }
-- ---
SELECT
    count(*) FILTER (WHERE total_amount IS NULL) AS null_amounts,
    count(*) FILTER (WHERE total_amount < 0) AS negative_amounts
FROM purchases
WHERE local_date BETWEEN $from_date AND $to_date;
