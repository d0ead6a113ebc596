-- ---
-- about = "Every customer up to as-of; with a segmentation, in which segment each is and was (metrics 6, 8 and 17)."
-- internal = true
-- ---
CREATE OR REPLACE TEMP VIEW customers_ledger AS
SELECT
    'customers' AS table_name,
    customer.id,
    CAST(NULL AS VARCHAR) AS number,
    customer.branch_id,
    customer.id AS customer_id,
    CAST(NULL AS VARCHAR) AS status,
    CAST(NULL AS VARCHAR) AS payment_status,
    CAST(customer.local_at AS DATE) AS date,
    coalesce(move.total_spent, 0) AS gross,
    coalesce(move.total_spent, 0) AS amount,
    CAST(NULL AS VARCHAR) AS no_money,
    CAST(move.purchases AS HUGEINT) AS measure,
    CAST(move.days_since_last_purchase AS HUGEINT) AS quiet_days,
    cents(move.total_spent) AS spent_cents,
    coalesce(move.purchases, 0) > 0 AS bought,
    CAST(NULL AS BOOLEAN) AS kept,
    move.segment,
    move.previous_segment,
    (move.segment IS DISTINCT FROM move.previous_segment) AS moved,
    (customer.is_active IS DISTINCT FROM FALSE) AS enabled,
    is_in_period(customer.created_at) AS in_window,
    is_in_previous(customer.created_at, customer.local_at) AS in_previous,
    customer.created_at >= getvariable('month_at') AS in_month,
    CAST(NULL AS VARCHAR) AS left_at
FROM customers AS customer
LEFT JOIN explained_segments AS move ON customer.id = move.customer_id
