-- ---
-- about = "The payments of the window that count, of orders that are not void and in the report's currency, and the change handed back of each (metrics 6)."
-- internal = true
-- ---
CREATE OR REPLACE TEMP TABLE counted_payments AS
SELECT
    payment.id,
    payment.order_id,
    coalesce(payment.payment_method, 'unknown') AS method,
    payment.amount,
    coalesce(change_given.change, 0) AS change
FROM order_payments AS payment
-- However old the order is: its date, known from the payment, spares the scan of the others.
INNER JOIN standing_orders AS standing
    ON payment.order_id = standing.id AND payment.order_created_at = standing.created_at
LEFT JOIN change_given ON payment.id = change_given.id
WHERE payment.paid_at >= getvariable('from_at') AND payment.paid_at < getvariable('until_at');
