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
-- scheduled = { kind = "count", es = "Agendadas", en = "Scheduled" }
-- confirmed = { kind = "count", es = "Confirmadas", en = "Confirmed" }
-- no_show = { kind = "count", es = "No asistió", en = "No-show" }
-- completion_pct = { kind = "percent", es = "Realización: realizadas / total", en = "Completion: completed / total" }
-- attendance_pct = { kind = "percent", es = "Asistencia: realizadas / (realizadas + no asistió)", en = "Attendance: completed / (completed + no-show)" }
-- ---
WITH
counted AS (
    SELECT
        count(*) AS total,
        count(*) FILTER (WHERE status = 'scheduled') AS scheduled,
        count(*) FILTER (WHERE status = 'confirmed') AS confirmed,
        count(*) FILTER (WHERE status = 'completed') AS completed,
        count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
        count(*) FILTER (WHERE status = 'no_show') AS no_show
    FROM appointments
    WHERE appointment_date BETWEEN $from_date AND $to_date
)
SELECT
    total,
    scheduled,
    confirmed,
    completed,
    cancelled,
    no_show,
    total - scheduled - confirmed - completed - cancelled - no_show AS unknown,
    percent_of(completed, total) AS completion_pct,
    percent_of(completed, completed + no_show) AS attendance_pct
FROM counted;
