-- ---
-- about = "Every delivery up to as-of, how long it took in microseconds, and whether it came as promised (metrics 6 and 17)."
-- internal = true
-- steps = ["before_start"]
-- ---
CREATE OR REPLACE TEMP VIEW deliveries_ledger AS
SELECT
    'lab_work_orders' AS table_name,
    id,
    work_order_number AS number,
    branch_id,
    CASE WHEN customer_seen THEN customer_id END AS customer_id,
    status,
    payment_status,
    local_day(delivered_at) AS date,
    coalesce(money_of(total_amount, currency), 0) AS gross,
    coalesce(money_of(total_amount, currency), 0) AS amount,
    CAST(NULL AS VARCHAR) AS no_money,
    CAST(delivery_time(ordered_at, created_at, delivered_at) AS HUGEINT) AS measure,
    local_day(delivered_at) <= lab_estimated_delivery_date AS kept,
    is_in_period(delivered_at) AS in_window,
    is_in_previous(delivered_at, local_time(delivered_at)) AS in_previous,
    CASE WHEN delivery_time(ordered_at, created_at, delivered_at) IS NULL THEN 'before_start' END AS left_at
FROM lab_work_orders
WHERE delivered_at <= getvariable('as_of')
