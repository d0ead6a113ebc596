-- ---
-- about = "The sums of sale_sums and clinic_sums that branches are compared by, divided by the rows' own branch: a row per window and branch, and one for rows without a branch (metrics 18)."
-- ---
CREATE OR REPLACE TEMP TABLE branch_sums AS
WITH
divisions AS (
    SELECT id AS branch_id
    FROM branches
    UNION ALL
    SELECT NULL AS branch_id
),
bought AS (
    SELECT
        seen.place,
        branch_id,
        sum(money) FILTER (WHERE is_recognised) AS revenue,
        count(*) FILTER (WHERE is_recognised) AS sales,
        count(money) FILTER (WHERE is_recognised) AS sales_in_currency,
        count(DISTINCT customer_id) AS buying
    FROM purchases
    INNER JOIN windows AS seen ON created_at >= from_at AND created_at < until_at AND local_at <= cut
    GROUP BY seen.place, branch_id
),
debts AS (
    SELECT seen.place, branch_id, sum(owed) AS owed
    FROM owed_purchases
    INNER JOIN windows AS seen ON created_at >= from_at AND created_at < until_at AND local_at <= cut
    GROUP BY seen.place, branch_id
),
newcomers AS (
    SELECT seen.place, branch_id, count(*) AS customers
    FROM customers
    INNER JOIN windows AS seen ON created_at >= from_at AND created_at < until_at AND local_at <= cut
    WHERE created_at >= getvariable('windows_from')
    GROUP BY seen.place, branch_id
),
quotes_made AS (
    SELECT
        seen.place,
        branch_id,
        count(*) AS quotes,
        count(*) FILTER (
            WHERE quote_bucket(status, expiration_date, converted_to_work_order_id) IN ('accepted', 'converted')
        ) AS quotes_won
    FROM quotes
    INNER JOIN windows AS seen ON created_at >= from_at AND created_at < until_at AND local_at <= cut
    WHERE created_at >= getvariable('windows_from')
    GROUP BY seen.place, branch_id
),
visits AS (
    SELECT
        seen.place,
        branch_id,
        count(*) FILTER (WHERE status = 'completed') AS completed,
        count(*) FILTER (WHERE status = 'no_show') AS no_show
    FROM appointments
    INNER JOIN windows AS seen ON appointment_date >= from_date AND appointment_date <= to_date
    WHERE appointment_date >= CAST(getvariable('windows_from') AS DATE) - 1
    GROUP BY seen.place, branch_id
),
deliveries_made AS (
    SELECT place, branch_id, count(*) FILTER (WHERE on_time) AS on_time, count(on_time) AS promised
    FROM deliveries
    GROUP BY place, branch_id
)
SELECT
    windows.place,
    division.branch_id,
    coalesce(bought.revenue, 0) AS revenue,
    coalesce(bought.sales, 0) AS sales,
    coalesce(bought.sales_in_currency, 0) AS sales_in_currency,
    coalesce(bought.buying, 0) AS buying,
    coalesce(debts.owed, 0) AS owed,
    coalesce(newcomers.customers, 0) AS customers,
    coalesce(quotes_made.quotes, 0) AS quotes,
    coalesce(quotes_made.quotes_won, 0) AS quotes_won,
    coalesce(visits.completed, 0) AS completed,
    coalesce(visits.no_show, 0) AS no_show,
    coalesce(deliveries_made.on_time, 0) AS on_time,
    coalesce(deliveries_made.promised, 0) AS promised
FROM windows
CROSS JOIN divisions AS division
LEFT JOIN bought
    ON windows.place = bought.place AND division.branch_id IS NOT DISTINCT FROM bought.branch_id
LEFT JOIN debts
    ON windows.place = debts.place AND division.branch_id IS NOT DISTINCT FROM debts.branch_id
LEFT JOIN newcomers
    ON windows.place = newcomers.place AND division.branch_id IS NOT DISTINCT FROM newcomers.branch_id
LEFT JOIN quotes_made
    ON windows.place = quotes_made.place AND division.branch_id IS NOT DISTINCT FROM quotes_made.branch_id
LEFT JOIN visits
    ON windows.place = visits.place AND division.branch_id IS NOT DISTINCT FROM visits.branch_id
LEFT JOIN deliveries_made
    ON windows.place = deliveries_made.place AND division.branch_id IS NOT DISTINCT FROM deliveries_made.branch_id;
