-- ---
-- title = { es = "Presupuestos", en = "Quotes" }
-- grain = "one row: how many the customer has"
-- shape = "record"
-- needs = "quotes"
-- parameters = { customer = "the customer's id" }
-- [columns]
-- total = { kind = "count", es = "Total", en = "Total" }
-- ---
SELECT count(*) AS total
FROM quotes
WHERE CAST(customer_id AS VARCHAR) = $customer;
