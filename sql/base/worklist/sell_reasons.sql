-- ---
-- about = "Reasons to call that may bring a sale: open quotes, missed appointments, exams, prescriptions, good customers who stay away (metrics 15)."
-- internal = true
-- ---
CREATE OR REPLACE TEMP TABLE sell_reasons AS
WITH
-- Of whom a quote, an appointment or a prescription would be a reason, if it were the newest: only theirs are ranked.
quoted AS (
    SELECT customer_id
    FROM quotes
    WHERE
        status IN ('draft', 'sent', 'expired')
        AND expiration_date BETWEEN getvariable('as_of_date') - 14 AND getvariable('as_of_date') + 7
),
missed AS (
    SELECT customer_id
    FROM bookings
    WHERE status = 'no_show' AND date_diff('day', appointment_date, getvariable('as_of_date')) BETWEEN 1 AND 60
),
prescribed AS (
    SELECT customer_id
    FROM prescriptions
    WHERE expiration_date BETWEEN getvariable('as_of_date') - 30 AND getvariable('as_of_date') + 30
),
newest_quotes AS (
    SELECT customer_id, status, expiration_date, total_amount, currency, local_at
    FROM quotes
    SEMI JOIN quoted ON quotes.customer_id = quoted.customer_id
    QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY created_at DESC, id DESC) = 1
),
latest_appointments AS (
    SELECT customer_id, status, appointment_date
    FROM bookings
    SEMI JOIN missed ON bookings.customer_id = missed.customer_id
    WHERE appointment_date <= getvariable('as_of_date')
    QUALIFY row_number() OVER (
        PARTITION BY customer_id ORDER BY appointment_date DESC, appointment_time DESC NULLS LAST, id DESC
    ) = 1
),
newest_prescriptions AS (
    SELECT customer_id, expiration_date
    FROM prescriptions
    SEMI JOIN prescribed ON prescriptions.customer_id = prescribed.customer_id
    QUALIFY row_number() OVER (
        PARTITION BY customer_id ORDER BY prescription_date DESC NULLS LAST, id DESC
    ) = 1
),
-- Quantiles of type 7: the median of an even number is the mean of the two in the middle, here of twice the values.
spending AS (
    SELECT list_sort(list(total_spent)) AS sorted
    FROM contact_figures
    WHERE recognised_sales > 0
),
reasons AS (
    SELECT
        customer_id,
        'quote' AS reason,
        expiration_date AS since,
        coalesce(money_of(total_amount, currency), 0) AS amount,
        CAST(local_at AS DATE) AS bought_before
    FROM newest_quotes
    WHERE
        status IN ('draft', 'sent', 'expired')
        AND expiration_date BETWEEN getvariable('as_of_date') - 14 AND getvariable('as_of_date') + 7
    UNION ALL
    SELECT customer_id, 'no_show', appointment_date, NULL, appointment_date AS bought_before
    FROM latest_appointments
    WHERE status = 'no_show' AND date_diff('day', appointment_date, getvariable('as_of_date')) BETWEEN 1 AND 60
    UNION ALL
    SELECT customer_id, 'exam', due, NULL AS amount, NULL AS bought_before
    FROM exam_dates
    WHERE due BETWEEN getvariable('as_of_date') - 90 AND getvariable('as_of_date') + 14
    UNION ALL
    SELECT customer_id, 'prescription', expiration_date, NULL AS amount, NULL AS bought_before
    FROM newest_prescriptions
    WHERE expiration_date BETWEEN getvariable('as_of_date') - 30 AND getvariable('as_of_date') + 30
    UNION ALL
    SELECT figures.customer_id, 'lapsed', figures.last_purchase, NULL AS amount, NULL AS bought_before
    FROM contact_figures AS figures
    CROSS JOIN spending
    WHERE
        figures.days_since BETWEEN 541 AND 1095
        AND 2 * figures.total_spent
        >= spending.sorted[(array_length(spending.sorted) + 1) // 2] + spending.sorted[array_length(spending.sorted) // 2 + 1]
)
SELECT
    reasons.customer_id,
    reasons.reason,
    reasons.since,
    CAST(coalesce(reasons.amount, figures.usual_ticket) AS DECIMAL(18, 2)) AS at_stake
FROM reasons
INNER JOIN contact_figures AS figures ON reasons.customer_id = figures.customer_id
WHERE reasons.bought_before IS NULL OR coalesce(figures.last_purchase < reasons.bought_before, TRUE);
