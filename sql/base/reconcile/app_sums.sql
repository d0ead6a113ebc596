-- ---
-- about = "What the app's dashboard counts and sums, by its own rules and over its own window (metrics 16)."
-- ---
CREATE OR REPLACE TEMP TABLE app_sums AS
WITH
sold AS (
    SELECT
        coalesce(sum(app) FILTER (WHERE table_name = 'orders'), 0) AS pos,
        coalesce(sum(app) FILTER (WHERE table_name = 'lab_work_orders'), 0) AS lab,
        count(*) FILTER (WHERE table_name = 'orders' AND is_read_by_app) AS orders,
        count(*) FILTER (WHERE table_name = 'lab_work_orders' AND is_read_by_app) AS work_orders
    FROM bridge_rows
),
glasses AS (
    SELECT customer_id, status, payment_status, total_amount, ordered_at, delivered_at, branch_id, created_at
    FROM lab_work_orders
    UNION ALL
    SELECT customer_id, status, payment_status, total_amount, ordered_at, delivered_at, branch_id, created_at
    FROM repeated_lab_work_orders
),
-- Of the window before it fetches work orders only: is_pos_sale is not among the columns that it asks for.
sold_before AS (
    SELECT coalesce(sum(total_amount) FILTER (WHERE payment_status = 'paid'), 0) AS lab
    FROM glasses
    WHERE
        branch_id IS NOT NULL AND created_at >= getvariable('app_before') AND created_at < getvariable('app_from')
),
made AS (
    SELECT *
    FROM glasses
    WHERE is_in_app_window(branch_id, created_at)
),
-- Milliseconds, as its language has them; each order's days are rounded up.
waited AS (
    SELECT
        count(*) AS deliveries,
        sum(-floor_ratio(epoch_ms(ordered_at) - epoch_ms(delivered_at), 86400000)) AS days
    FROM made
    WHERE status = 'delivered' AND ordered_at IS NOT NULL AND delivered_at IS NOT NULL
),
-- Three of the statuses that are pending here are not in its list: on_hold_payment, in_progress_lab, ready_at_lab.
waiting AS (
    SELECT
        count(*) FILTER (
            WHERE status IN ('quote', 'ordered', 'sent_to_lab', 'received_from_lab', 'mounted', 'quality_check')
        ) AS pending
    FROM made
),
several AS (
    SELECT count(*) AS customers
    FROM (
        SELECT customer_id
        FROM made
        WHERE customer_id IS NOT NULL
        GROUP BY customer_id
        HAVING count(*) > 1
    ) AS bought
),
quoted AS (
    SELECT
        count(*) AS quotes,
        coalesce(sum(total_amount), 0) AS amount,
        count(*) FILTER (WHERE status IN ('accepted', 'converted_to_work')) AS won
    FROM quotes
    WHERE is_in_app_window(branch_id, created_at)
),
visits AS (
    SELECT count(*) AS appointments, count(*) FILTER (WHERE status = 'completed') AS completed
    FROM appointments
    WHERE
        branch_id IS NOT NULL
        AND appointment_date >= CAST(getvariable('app_from') AS DATE)
        AND appointment_date <= CAST(getvariable('app_until') AS DATE)
),
known AS (
    SELECT
        count(*) AS customers,
        count(*) FILTER (WHERE is_in_app_window(branch_id, created_at)) AS new_customers
    FROM customers
    WHERE branch_id IS NOT NULL
)
SELECT
    sold.pos, sold.lab, sold.orders, sold.work_orders, sold_before.lab AS lab_before,
    waited.deliveries, waited.days, waiting.pending, several.customers AS returning_customers,
    quoted.quotes, quoted.amount AS quoted, quoted.won, visits.appointments, visits.completed,
    known.customers, known.new_customers
FROM sold
CROSS JOIN sold_before
CROSS JOIN waited
CROSS JOIN waiting
CROSS JOIN several
CROSS JOIN quoted
CROSS JOIN visits
CROSS JOIN known;
