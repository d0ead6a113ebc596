-- ---
-- title = { es = "Citas por estado", en = "Appointments by status" }
-- grain = { es = "una fila por estado, como está guardado", en = "one row per status as stored" }
-- shape = "sorted_map"
-- needs = "appointments"
-- parameters.customer = { es = "el id del cliente", en = "the customer's id" }
-- columns = ["status", "count"]
-- [column]
-- count = { total = false, of = "appointments", take = "count", where = "of_customer and stored_status = $row", section = "7" }
-- ---
SELECT
    coalesce(status, 'unknown') AS status,
    count(*) AS count
FROM appointments
WHERE CAST(customer_id AS VARCHAR) = $customer
GROUP BY coalesce(status, 'unknown')
ORDER BY status_rank(coalesce(status, 'unknown')), status;
