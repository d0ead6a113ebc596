-- ---
-- about = "The sums behind the figures of quotes, appointments and deliveries (metrics 6), a row per window."
-- ---
CREATE OR REPLACE TEMP TABLE clinic_sums AS
WITH
judged_quotes AS (
    SELECT
        seen.place,
        quote_bucket(status, expiration_date, converted_to_work_order_id) AS bucket,
        -- Only quotes that have an amount enter the mean.
        CASE WHEN in_currency(currency) THEN total_amount END AS amount
    FROM quotes
    INNER JOIN windows AS seen ON created_at >= from_at AND created_at < until_at AND local_at <= cut
    WHERE created_at >= getvariable('windows_from')
),
quotes_made AS (
    SELECT
        place,
        count(*) AS quotes,
        count(*) FILTER (WHERE bucket = 'open') AS quotes_open,
        count(*) FILTER (WHERE bucket = 'accepted') AS quotes_accepted,
        count(*) FILTER (WHERE bucket = 'converted') AS quotes_converted,
        count(*) FILTER (WHERE bucket = 'rejected') AS quotes_rejected,
        count(*) FILTER (WHERE bucket = 'expired') AS quotes_expired,
        count(*) FILTER (WHERE bucket = 'unknown') AS quotes_unknown,
        sum(amount) AS quoted,
        count(amount) AS quotes_with_amount,
        sum(amount) FILTER (WHERE bucket = 'open') AS quoted_open
    FROM judged_quotes
    GROUP BY place
),
-- They have dates only: no time of day cuts them.
visits AS (
    SELECT
        seen.place,
        count(*) AS appointments,
        count(*) FILTER (WHERE status = 'scheduled') AS scheduled,
        count(*) FILTER (WHERE status = 'confirmed') AS confirmed,
        count(*) FILTER (WHERE status = 'completed') AS completed,
        count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
        count(*) FILTER (WHERE status = 'no_show') AS no_show
    FROM appointments
    INNER JOIN windows AS seen ON appointment_date >= from_date AND appointment_date <= to_date
    WHERE appointment_date >= CAST(getvariable('windows_from') AS DATE) - 1
    GROUP BY seen.place
),
deliveries_made AS (
    SELECT
        place,
        count(*) AS deliveries,
        sum(took) AS took,
        quantile_cont(took, 0.5) AS median_took,
        quantile_cont(took, 0.9) AS p90_took,
        count(*) FILTER (WHERE on_time) AS on_time,
        count(on_time) AS promised
    FROM deliveries
    GROUP BY place
)
SELECT
    windows.place,
    coalesce(quotes_made.quotes, 0) AS quotes,
    coalesce(quotes_made.quotes_open, 0) AS quotes_open,
    coalesce(quotes_made.quotes_accepted, 0) AS quotes_accepted,
    coalesce(quotes_made.quotes_converted, 0) AS quotes_converted,
    coalesce(quotes_made.quotes_rejected, 0) AS quotes_rejected,
    coalesce(quotes_made.quotes_expired, 0) AS quotes_expired,
    coalesce(quotes_made.quotes_unknown, 0) AS quotes_unknown,
    quotes_made.quoted,
    coalesce(quotes_made.quotes_with_amount, 0) AS quotes_with_amount,
    coalesce(quotes_made.quoted_open, 0) AS quoted_open,
    coalesce(visits.appointments, 0) AS appointments,
    coalesce(visits.scheduled, 0) AS scheduled,
    coalesce(visits.confirmed, 0) AS confirmed,
    coalesce(visits.completed, 0) AS completed,
    coalesce(visits.cancelled, 0) AS cancelled,
    coalesce(visits.no_show, 0) AS no_show,
    coalesce(deliveries_made.deliveries, 0) AS deliveries,
    deliveries_made.took,
    deliveries_made.median_took,
    deliveries_made.p90_took,
    coalesce(deliveries_made.on_time, 0) AS on_time,
    coalesce(deliveries_made.promised, 0) AS promised
FROM windows
LEFT JOIN quotes_made ON windows.place = quotes_made.place
LEFT JOIN visits ON windows.place = visits.place
LEFT JOIN deliveries_made ON windows.place = deliveries_made.place;
