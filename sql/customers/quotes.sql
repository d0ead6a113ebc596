-- ---
-- title = { es = "Presupuestos", en = "Quotes" }
-- grain = { es = "una fila: cuántos tiene el cliente", en = "one row: how many the customer has" }
-- shape = "record"
-- needs = "quotes"
-- parameters.customer = { es = "el id del cliente", en = "the customer's id" }
-- columns = ["total"]
-- [column]
-- total = { of = "quotes", take = "count", where = "of_customer", section = "7" }
-- ---
SELECT count(*) AS total
FROM quotes
WHERE CAST(customer_id AS VARCHAR) = $customer;
