-- ---
-- about = "When each customer's next eye exam is due, and the newest prescription (metrics 15)."
-- internal = true
-- ---

CREATE OR REPLACE TEMP TABLE exam_dates AS
WITH
examined AS (
    SELECT id AS customer_id, last_eye_exam_date AS date
    FROM customers
    WHERE last_eye_exam_date <= getvariable('as_of_date')
    UNION ALL
    SELECT customer_id, prescription_date
    FROM prescriptions
    UNION ALL
    SELECT customer_id, appointment_date
    FROM bookings
    WHERE
        status = 'completed'
        AND lower(trim(appointment_type)) = 'eye_exam'
        AND appointment_date <= getvariable('as_of_date')
),
latest AS (
    SELECT customer_id, max(date) AS date
    FROM examined
    GROUP BY customer_id
)
SELECT
    customer.id AS customer_id,
    CASE
        WHEN latest.date IS NULL OR customer.next_eye_exam_due > latest.date THEN customer.next_eye_exam_due
        -- Adding months clips the day to the month's end.
        ELSE CAST(latest.date + to_months(getvariable('exam_months')) AS DATE)
    END AS due
FROM customers AS customer
LEFT JOIN latest ON customer.id = latest.customer_id
WHERE latest.date IS NOT NULL OR customer.next_eye_exam_due IS NOT NULL;
