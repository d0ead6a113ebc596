-- ---
-- title = { es = "Citas", en = "Appointments" }
-- grain = { es = "una fila: citas con fecha en el período", en = "one row: appointments dated in the window" }
-- shape = "record"
-- uses = "clinic_sums"
-- needs = "appointments"
-- columns = [
--     "total", "scheduled", "confirmed", "completed", "cancelled", "no_show", "unknown", "completion_pct",
--     "attendance_pct",
-- ]
-- [column]
-- scheduled = { kind = "count", es = "Agendadas", en = "Scheduled" }
-- confirmed = { kind = "count", es = "Confirmadas", en = "Confirmed" }
-- no_show = { kind = "count", es = "No asistió", en = "No-show" }
-- completion_pct = { kind = "percent", es = "Realización: realizadas / total", en = "Completion: completed / total" }
-- ---
SELECT
    appointments AS total,
    scheduled,
    confirmed,
    completed,
    cancelled,
    no_show,
    appointments - scheduled - confirmed - completed - cancelled - no_show AS unknown,
    percent_of(completed, appointments) AS completion_pct,
    percent_of(completed, completed + no_show) AS attendance_pct
FROM clinic_sums
WHERE place = 1;
