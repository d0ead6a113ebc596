-- ---
-- about = "Every work order, with what is left to do (metrics 6 and 17)."
-- internal = true
-- ---
CREATE OR REPLACE TEMP VIEW work_orders_ledger AS
SELECT
    'lab_work_orders' AS table_name,
    id,
    work_order_number AS number,
    branch_id,
    CASE WHEN customer_seen THEN customer_id END AS customer_id,
    status,
    payment_status,
    CAST(local_at AS DATE) AS date,
    coalesce(money_of(total_amount, currency), 0) AS gross,
    coalesce(money_of(total_amount, currency), 0) AS amount,
    CASE WHEN NOT in_currency(currency) THEN 'other_currency' END AS no_money,
    CAST(NULL AS HUGEINT) AS measure,
    CAST(NULL AS BOOLEAN) AS kept,
    work_order_stage(status) AS stage,
    coalesce(status, 'unknown') AS stored_status,
    is_undated_delivery(status, delivered_at) AS undated,
    is_in_period(created_at) AS in_window,
    is_in_previous(created_at, local_at) AS in_previous,
    is_of_customer(customer_id) AS of_customer,
    CAST(NULL AS VARCHAR) AS left_at
FROM lab_work_orders
