-- ---
-- title = { es = "Órdenes de trabajo", en = "Work orders" }
-- grain = { es = "una fila: cuántos tiene el cliente", en = "one row: how many the customer has" }
-- shape = "record"
-- needs = "lab_work_orders"
-- parameters.customer = { es = "el id del cliente", en = "the customer's id" }
-- columns = ["total"]
-- [column]
-- total = { of = "work_orders", take = "count", where = "of_customer", section = "7" }
-- ---
SELECT count(*) AS total
FROM lab_work_orders
WHERE CAST(customer_id AS VARCHAR) = $customer;
