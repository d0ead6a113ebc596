-- ---
-- title = { es = "Ventanas incompletas", en = "Windows not filled" }
-- grain = { es = "una fila por ventana que los datos no llenan", en = "one row per window that the data do not fill" }
-- shape = "list"
-- history = "none"
-- depends_on = "period"
-- columns = ["window_name"]
-- [column]
-- window_name = { kind = "text", vocabulary = "window", es = "Ventana", en = "Window" }
-- ---
WITH
span AS (
    SELECT local_day(min(oldest)) AS first_date, local_day(max(newest)) AS last_date
    FROM scope_rows
    WHERE table_name IN ('orders', 'lab_work_orders')
)
SELECT asked.window_name
FROM (
    -- Data that end more than two dates ago are not of now.
    SELECT 1 AS place, 'current' AS window_name, $from_date AS begins_on, $as_of_date - 2 AS least_date
    UNION ALL
    SELECT 2 AS place, 'previous' AS window_name, $previous_from AS begins_on, NULL AS least_date
) AS asked
CROSS JOIN span
WHERE
    asked.begins_on IS NOT NULL
    AND (span.first_date IS NULL OR asked.begins_on < span.first_date OR span.last_date < asked.least_date)
ORDER BY asked.place;
