-- ---
-- title = { es = "Medios de pago", en = "Payment methods" }
-- grain = "one row per method: payments made in the window, or sales where there are no payments"
-- shape = "rows"
-- chart = { kind = "bar", x = "method", y = "amount" }
-- [columns]
-- method = { kind = "text", words = "method", es = "Medio", en = "Method" }
-- count = { kind = "count", total = true, es = "Pagos", en = "Payments" }
-- amount = { kind = "money", total = true, share = true, es = "Monto", en = "Amount" }
-- ---
WITH
-- What was paid in the window, on orders that stand, however old the order is.
payments AS (
    SELECT
        payment.payment_method AS method,
        payment.amount
    FROM order_payments AS payment
    -- The second condition follows from the first; it lets the scan skip the row groups of other years.
    INNER JOIN orders AS sale ON payment.order_id = sale.id AND payment.order_created_at = sale.created_at
    WHERE
        is_present('order_payments')
        AND payment.paid_at >= $from_at AND payment.paid_at < $until_at
        AND NOT is_void_order(sale.status, sale.payment_status)
        AND in_currency(sale.currency)
),
-- Without the table, the method that the paid order itself names.
sales AS (
    SELECT
        sale.payment_method_type AS method,
        fact.money AS amount
    FROM order_facts AS fact
    INNER JOIN orders AS sale ON fact.id = sale.id AND fact.created_at = sale.created_at
    WHERE
        NOT is_present('order_payments')
        AND fact.is_paid AND NOT fact.is_void AND fact.money IS NOT NULL
        AND fact.local_date BETWEEN $from_date AND $to_date
),
paid AS (
    SELECT method, amount
    FROM payments
    UNION ALL
    SELECT method, amount
    FROM sales
)
SELECT
    coalesce(method, 'unknown') AS method,
    count(*) AS count,
    coalesce(sum(amount), 0) AS amount
FROM paid
GROUP BY coalesce(method, 'unknown')
ORDER BY amount DESC, method;
