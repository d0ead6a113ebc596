-- ---
-- about = "Recognised orders of the window without any item, or without any payment (metrics 9)."
-- internal = true
-- stored = "undetailed_orders"
-- ---
CREATE OR REPLACE TEMP TABLE undetailed_orders AS
WITH
sales AS (
    SELECT id, created_at
    FROM order_facts
    WHERE
        is_paid
        AND NOT is_void
        AND created_at >= getvariable('from_at')
        AND created_at < getvariable('until_at')
),
lacking AS (
    -- The last conditions follow from the first; they spare the scan of the items and payments of other years.
    SELECT sales.id, TRUE AS lacks_items, FALSE AS lacks_payments
    FROM sales
    ANTI JOIN order_items AS item
        ON
            sales.id = item.order_id
            AND sales.created_at = item.order_created_at
            AND item.order_created_at >= getvariable('from_at')
            AND item.order_created_at < getvariable('until_at')
    UNION ALL
    SELECT sales.id, FALSE AS lacks_items, TRUE AS lacks_payments
    FROM sales
    ANTI JOIN order_payments AS payment
        ON
            sales.id = payment.order_id
            AND sales.created_at = payment.order_created_at
            AND payment.order_created_at >= getvariable('from_at')
            AND payment.order_created_at < getvariable('until_at')
)
SELECT
    id,
    bool_or(lacks_items) AS lacks_items,
    bool_or(lacks_payments) AS lacks_payments
FROM lacking
GROUP BY id;
