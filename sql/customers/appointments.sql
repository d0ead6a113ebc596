-- ---
-- title = { es = "Citas", en = "Appointments" }
-- grain = { es = "una fila: cuántos tiene el cliente", en = "one row: how many the customer has" }
-- shape = "record"
-- needs = "appointments"
-- parameters.customer = { es = "el id del cliente", en = "the customer's id" }
-- columns = ["total"]
-- [column]
-- total = { of = "appointments", take = "count", where = "of_customer", section = "7" }
-- ---
SELECT count(*) AS total
FROM appointments
WHERE CAST(customer_id AS VARCHAR) = $customer;
