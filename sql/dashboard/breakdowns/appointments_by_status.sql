-- ---
-- title = { es = "Citas por estado", en = "Appointments by status" }
-- grain = { es = "una fila por estado: citas con fecha en el período", en = "one row per status: appointments dated in the window" }
-- shape = "sorted_map"
-- needs = "appointments"
-- chart = { kind = "bar", x = "status", y = "appointments" }
-- columns = ["status", "appointments"]
-- [column]
-- appointments = { kind = "count", total = true, es = "Citas", en = "Appointments", of = "appointments", take = "count", where = "in_window and stored_status = $row", section = "6" }
-- ---
SELECT
    coalesce(status, 'unknown') AS status,
    count(*) AS appointments
FROM appointments
WHERE appointment_date BETWEEN $from_date AND $to_date
GROUP BY coalesce(status, 'unknown')
ORDER BY status_rank(coalesce(status, 'unknown')), status;
