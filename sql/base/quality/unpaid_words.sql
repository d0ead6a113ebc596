-- ---
-- about = "Rows whose word of payment makes none of them a sale, a row per finding; what `opttius check` counts."
-- ---
CREATE OR REPLACE TEMP VIEW unpaid_words AS
SELECT
    'warning' AS severity,
    'unknown_payment_status' AS finding,
    'orders' AS table_name,
    id,
    payment_status AS word
FROM orders
WHERE
    NOT is_paid(payment_status)
    AND coalesce(
        payment_status NOT IN (
            'pending', 'paid', 'failed', 'refunded', 'partially_refunded', 'partial', 'on_hold_payment'
        ),
        TRUE
    )
UNION ALL
SELECT 'warning', 'unknown_payment_status', 'lab_work_orders', id, payment_status
FROM lab_work_orders
WHERE
    NOT is_paid(payment_status)
    AND coalesce(payment_status NOT IN ('pending', 'partial', 'paid', 'refunded'), TRUE)
UNION ALL
-- No order at all is a sale: mostly because paid is called otherwise.
SELECT 'error', 'nothing_paid', 'orders', id, payment_status
FROM orders
WHERE
    NOT EXISTS (
        SELECT 1
        FROM orders AS paid
        WHERE is_paid(paid.payment_status)
    );
