-- ---
-- about = "Orders of which a part was given back and the rest kept, and how much that is (metrics 5), however old they are."
-- internal = true
-- stored = "part_refunds"
-- ---
CREATE OR REPLACE TEMP TABLE part_refunds AS
WITH
-- The app marks the whole order, whatever was given back.
marked AS (
    SELECT
        id,
        created_at,
        payment_status = 'partially_refunded' AS is_marked_in_part,
        coalesce(total_amount, 0) AS total_amount
    FROM orders
    WHERE payment_status IN ('refunded', 'partially_refunded')
),
notes AS (
    SELECT note.order_id, sum(note.amount) AS amount
    FROM credit_notes AS note
    INNER JOIN marked ON note.order_id = marked.id AND note.order_created_at = marked.created_at
    GROUP BY note.order_id
),
payments AS (
    SELECT payment.order_id, sum(payment.amount) AS amount
    FROM order_payments AS payment
    INNER JOIN marked ON payment.order_id = marked.id AND payment.order_created_at = marked.created_at
    GROUP BY payment.order_id
),
refunds AS (
    SELECT
        marked.id AS order_id,
        coalesce(notes.amount, 0) AS given_back,
        -- Nobody keeps more than the order cost, nor more than was paid, where that is known.
        CASE
            WHEN is_present('order_payments') THEN least(coalesce(payments.amount, 0), marked.total_amount)
            ELSE marked.total_amount
        END - coalesce(notes.amount, 0) AS kept
    FROM marked
    LEFT JOIN notes ON marked.id = notes.order_id
    LEFT JOIN payments ON marked.id = payments.order_id
    WHERE marked.is_marked_in_part OR notes.amount > 0
)
SELECT
    order_id,
    CAST(given_back AS DECIMAL(18, 2)) AS given_back,
    CAST(kept AS DECIMAL(18, 2)) AS kept
FROM refunds
WHERE kept > 0;
