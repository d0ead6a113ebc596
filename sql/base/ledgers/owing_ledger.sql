-- ---
-- about = "Every purchase in the report's currency that is not paid, and what it still owes (metrics 6 and 17)."
-- internal = true
-- steps = ["nothing_owed", "paid_on_account"]
-- adjustment = "paid_on_account"
-- ---
CREATE OR REPLACE TEMP VIEW owing_ledger AS
SELECT
    CASE WHEN owing.kind = 'order' THEN 'orders' ELSE 'lab_work_orders' END AS table_name,
    owing.id,
    coalesce(sale.order_number, work_order.work_order_number) AS number,
    owing.branch_id,
    coalesce(
        attributed.customer_id, CASE WHEN work_order.customer_seen THEN work_order.customer_id END
    ) AS customer_id,
    coalesce(sale.status, work_order.status) AS status,
    coalesce(sale.payment_status, work_order.payment_status) AS payment_status,
    CAST(owing.local_at AS DATE) AS date,
    coalesce(sale.total_amount, work_order.total_amount, 0) AS gross,
    owing.owed AS amount,
    CAST(NULL AS VARCHAR) AS no_money,
    CAST(NULL AS HUGEINT) AS measure,
    CAST(NULL AS BOOLEAN) AS kept,
    is_in_period(owing.created_at) AS in_window,
    is_in_previous(owing.created_at, owing.local_at) AS in_previous,
    CASE WHEN owing.owed = 0 THEN 'nothing_owed' END AS left_at
FROM owed_purchases AS owing
LEFT JOIN orders AS sale ON owing.kind = 'order' AND owing.id = sale.id AND owing.created_at = sale.created_at
LEFT JOIN lab_work_orders AS work_order
    ON owing.kind = 'work_order' AND owing.id = work_order.id AND owing.created_at = work_order.created_at
-- Whose they are by every rule, not only by the customer that is written on them.
LEFT JOIN every_order AS attributed
    ON owing.kind = 'order' AND owing.id = attributed.id AND owing.created_at = attributed.created_at
