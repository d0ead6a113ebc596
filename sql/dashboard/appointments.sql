-- ---
-- title = { es = "Citas", en = "Appointments" }
-- grain = { es = "una fila: citas con fecha en el período", en = "one row: appointments dated in the window" }
-- shape = "record"
-- needs = "appointments"
-- columns = [
--     "total", "scheduled", "confirmed", "completed", "cancelled", "no_show", "unknown", "completion_pct",
--     "attendance_pct",
-- ]
-- [column]
-- scheduled = { kind = "count", es = "Agendadas", en = "Scheduled", of = "appointments", take = "count", where = "in_window and outcome = scheduled", section = "6" }
-- confirmed = { kind = "count", es = "Confirmadas", en = "Confirmed", of = "appointments", take = "count", where = "in_window and outcome = confirmed", section = "6" }
-- no_show = { kind = "count", es = "No asistió", en = "No-show", of = "appointments", take = "count", where = "in_window and outcome = no_show", section = "6" }
-- completion_pct = { kind = "percent", es = "Realización: realizadas / total", en = "Completion: completed / total", of = "appointments", where = "in_window", formula = "completed / total * 100", section = "6" }
-- total = { of = "appointments", take = "count", where = "in_window", section = "6" }
-- completed = { of = "appointments", take = "count", where = "in_window and outcome = completed", section = "6" }
-- cancelled = { of = "appointments", take = "count", where = "in_window and outcome = cancelled", section = "6" }
-- unknown = { of = "appointments", take = "count", where = "in_window and outcome = unknown", section = "6" }
-- attendance_pct = { of = "appointments", where = "in_window", formula = "completed / (completed + no_show) * 100", section = "6" }
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
