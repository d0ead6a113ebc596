-- ---
-- title = { es = "Desde cuándo hay compras", en = "Since when there are purchases" }
-- grain = { es = "una fila: la fecha de la primera compra", en = "one row: the date of the first purchase" }
-- shape = "record"
-- history = "all"
-- columns = ["first_purchase"]
-- ---
SELECT min(local_date) AS first_purchase
FROM occasions;
