-- ---
-- about = "Every appointment up to as-of, by its date (metrics 6 and 17)."
-- internal = true
-- ---
CREATE OR REPLACE TEMP VIEW appointments_ledger AS
SELECT
    'appointments' AS table_name,
    appointment.id,
    CAST(NULL AS VARCHAR) AS number,
    appointment.branch_id,
    customer.id AS customer_id,
    appointment.status,
    CAST(NULL AS VARCHAR) AS payment_status,
    appointment.appointment_date AS date,
    CAST(0 AS DECIMAL(18, 2)) AS gross,
    CAST(0 AS DECIMAL(18, 2)) AS amount,
    CAST(NULL AS VARCHAR) AS no_money,
    CAST(NULL AS HUGEINT) AS measure,
    CASE WHEN appointment.status IN ('completed', 'no_show') THEN appointment.status = 'completed' END AS kept,
    CASE
        WHEN appointment.status IN ('scheduled', 'confirmed', 'completed', 'cancelled', 'no_show')
            THEN appointment.status
        ELSE 'unknown'
    END AS outcome,
    coalesce(appointment.status, 'unknown') AS stored_status,
    appointment.appointment_date BETWEEN getvariable('from_date') AND getvariable('to_date') AS in_window,
    coalesce(
        appointment.appointment_date BETWEEN CAST(getvariable('previous_from') AS DATE)
        AND CAST(getvariable('previous_to') AS DATE),
        FALSE
    ) AS in_previous,
    is_of_customer(appointment.customer_id) AS of_customer,
    CAST(NULL AS VARCHAR) AS left_at
FROM appointments AS appointment
LEFT JOIN customers AS customer ON appointment.customer_id = customer.id
