-- ---
-- title = { es = "Citas por día", en = "Appointments by day" }
-- grain = { es = "una fila por fecha local del período, también las de valor cero", en = "one row per local date of the window, zeros included" }
-- shape = "rows"
-- needs = "appointments"
-- chart = { kind = "line", x = "date", y = "value" }
-- columns = ["date", "value", "count"]
-- [column]
-- value = { es = "Citas", en = "Appointments" }
-- ---
WITH
counted AS (
    SELECT
        appointment_date AS date,
        count(*) AS count
    FROM appointments
    WHERE appointment_date BETWEEN $from_date AND $to_date
    GROUP BY appointment_date
)
SELECT
    day.date,
    coalesce(counted.count, 0) AS value,
    coalesce(counted.count, 0) AS count
FROM days_between($from_date, $to_date) AS day
LEFT JOIN counted ON day.date = counted.date
ORDER BY day.date;
