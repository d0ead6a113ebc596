-- ---
-- title = { es = "Origen de los medios de pago", en = "Source of the payment methods" }
-- grain = { es = "una fila: la tabla de la que se leen los medios de pago", en = "one row: the table that the payment methods are read from" }
-- shape = "record"
-- columns = ["source"]
-- [column]
-- source = { kind = "text", vocabulary = "table", es = "Origen", en = "Source" }
-- ---
SELECT CASE WHEN is_present('order_payments') THEN 'order_payments' ELSE 'orders' END AS source;
