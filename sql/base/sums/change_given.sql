-- ---
-- about = "The change handed back of each payment of the window, in cash and of orders that count in the report's currency (metrics 6)."
-- internal = true
-- stored = "change_given"
-- ---
CREATE OR REPLACE TEMP TABLE change_given AS
WITH
paid_orders AS (
    SELECT DISTINCT order_id, order_created_at
    FROM order_payments
    WHERE paid_at >= getvariable('from_at') AND paid_at < getvariable('until_at')
),
paid_in_cash AS (
    SELECT DISTINCT payment.order_id
    FROM order_payments AS payment
    INNER JOIN paid_orders AS paid
        ON payment.order_id = paid.order_id AND payment.order_created_at = paid.order_created_at
    WHERE payment.payment_method = 'cash'
),
-- The POS stores the note that was handed over: what all payments of an order come to beyond its amount is change.
overpaid AS (
    SELECT
        payment.order_id,
        any_value(standing.created_at) AS created_at,
        sum(payment.amount) - any_value(standing.total_amount) AS change
    FROM order_payments AS payment
    SEMI JOIN paid_in_cash ON payment.order_id = paid_in_cash.order_id
    INNER JOIN standing_orders AS standing
        ON payment.order_id = standing.id AND payment.order_created_at = standing.created_at
    GROUP BY payment.order_id
    HAVING sum(payment.amount) > any_value(standing.total_amount)
),
-- It came out of the cash of the latest payment, and only what that did not hold out of the one before.
cash AS (
    SELECT
        payment.id,
        payment.order_id,
        payment.paid_at,
        greatest(0, payment.amount) AS amount,
        overpaid.change - coalesce(
            sum(greatest(0, payment.amount)) OVER (
                PARTITION BY payment.order_id
                ORDER BY payment.paid_at DESC NULLS FIRST, payment.id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ),
            0
        ) AS change_left
    FROM order_payments AS payment
    INNER JOIN overpaid ON payment.order_id = overpaid.order_id AND payment.order_created_at = overpaid.created_at
    WHERE payment.payment_method = 'cash'
)
SELECT
    id,
    order_id,
    paid_at,
    least(amount, change_left) AS change
FROM cash
WHERE amount > 0 AND change_left > 0;
