-- ---
-- about = "The payments of the window that count, of orders that are not void and in the report's currency, and the change handed back of each (metrics 6)."
-- optional = true
-- internal = true
-- ---
CREATE OR REPLACE TEMP TABLE counted_payments AS
WITH
paid_in_window AS (
    SELECT id, order_id, order_created_at, payment_method, amount
    FROM order_payments
    WHERE paid_at >= getvariable('from_at') AND paid_at < getvariable('until_at')
),
paid_orders AS (
    SELECT DISTINCT order_id, order_created_at
    FROM paid_in_window
),
-- However old the order is: the dates of these orders spare the scan of the others.
standing AS (
    SELECT sale.id, sale.created_at, coalesce(sale.total_amount, 0) AS total_amount
    FROM orders AS sale
    INNER JOIN paid_orders AS paid ON sale.id = paid.order_id AND sale.created_at = paid.order_created_at
    LEFT JOIN part_refunds AS refund ON sale.id = refund.order_id
    WHERE NOT is_void_order(sale.status, sale.payment_status, refund.kept) AND in_currency(sale.currency)
),
-- The POS stores the note that was handed over: what all payments of an order come to beyond its amount is change.
overpaid AS (
    SELECT
        payment.order_id,
        any_value(standing.created_at) AS created_at,
        sum(payment.amount) - any_value(standing.total_amount) AS change
    FROM order_payments AS payment
    INNER JOIN standing ON payment.order_id = standing.id AND payment.order_created_at = standing.created_at
    GROUP BY payment.order_id
    HAVING sum(payment.amount) > any_value(standing.total_amount)
),
-- It came out of the cash of the latest payment, and only what that did not hold out of the one before.
cash AS (
    SELECT
        payment.id,
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
),
handed_back AS (
    SELECT id, least(amount, change_left) AS change
    FROM cash
    WHERE amount > 0 AND change_left > 0
)
SELECT
    payment.id,
    payment.order_id,
    coalesce(payment.payment_method, 'unknown') AS method,
    payment.amount,
    coalesce(handed_back.change, 0) AS change
FROM paid_in_window AS payment
INNER JOIN standing ON payment.order_id = standing.id
LEFT JOIN handed_back ON payment.id = handed_back.id;
