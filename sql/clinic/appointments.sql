-- ---
-- title = { es = "Citas", en = "Appointments" }
-- grain = { es = "una fila por cita con fecha en el período", en = "one row per appointment dated in the window" }
-- shape = "rows"
-- period = true
-- needs = "appointments"
-- columns = ["date", "time", "id", "branch", "customer_id", "customer", "type", "status"]
-- [column]
-- time = { kind = "text", es = "Hora", en = "Time" }
-- customer = { es = "Cliente: vacío si es un invitado", en = "Customer: empty for a guest" }
-- type = { kind = "text", free_text = true, es = "Tipo", en = "Type" }
-- ---
SELECT
    appointment.appointment_date AS date,
    appointment.appointment_time AS time,
    CAST(appointment.id AS VARCHAR) AS id,
    branch.code AS branch,
    CAST(customer.id AS VARCHAR) AS customer_id,
    customer_name(customer.first_name, customer.last_name) AS customer,
    appointment.appointment_type AS type,
    appointment.status
FROM appointments AS appointment
LEFT JOIN customers AS customer ON appointment.customer_id = customer.id
LEFT JOIN branches AS branch ON appointment.branch_id = branch.id
WHERE appointment.appointment_date BETWEEN $from_date AND $to_date
ORDER BY appointment.appointment_date, appointment.appointment_time, appointment.id;
