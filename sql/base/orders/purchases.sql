-- ---
-- about = "Every purchase from history_from on, one row per act of buying (metrics 5)."
-- ---
CREATE OR REPLACE TEMP VIEW purchases AS
SELECT
    id,
    'order' AS kind,
    branch_id,
    customer_id,
    unattributed,
    channel,
    is_paid AS is_recognised,
    is_refunded_in_part,
    total_amount,
    currency,
    money,
    created_at,
    local_at,
    local_date
FROM order_facts
WHERE NOT is_void
UNION ALL
SELECT
    id,
    'work_order' AS kind,
    branch_id,
    customer_id,
    CASE WHEN customer_id IS NULL THEN 'customer_not_in_scope' END AS unattributed,
    'work_order' AS channel,
    is_paid AS is_recognised,
    FALSE AS is_refunded_in_part,
    total_amount,
    currency,
    money,
    created_at,
    local_at,
    local_date
FROM work_order_facts
WHERE is_purchase(is_void, is_quote, is_linked);
