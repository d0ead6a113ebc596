-- ---
-- title = { es = "Medios de pago", en = "Payment methods" }
-- grain = { es = "una fila por medio: pagos hechos en el período, o ventas donde no hay pagos", en = "one row per method: payments made in the window, or sales where there are no payments" }
-- shape = "rows"
-- chart = { kind = "bar", x = "method", y = "amount" }
-- columns = ["method", "count", "amount"]
-- [column]
-- method = { kind = "text", vocabulary = "method", es = "Medio", en = "Method" }
-- count = { es = "Pagos", en = "Payments" }
-- amount = { kind = "money", share = true, total = true, es = "Monto", en = "Amount" }
-- ---
WITH
paid_in_window AS (
    SELECT
        payment_method AS method,
        amount,
        order_id,
        order_created_at
    FROM order_payments
    WHERE is_present('order_payments') AND paid_at >= $from_at AND paid_at < $until_at
),
-- The age of the order does not matter. The first condition follows from the second; it skips earlier years.
standing AS (
    SELECT id
    FROM orders
    WHERE
        created_at >= (SELECT min(order_created_at) FROM paid_in_window)
        AND id IN (SELECT order_id FROM paid_in_window)
        AND NOT is_void_order(status, payment_status)
        AND in_currency(currency)
),
payments AS (
    SELECT
        payment.method,
        payment.amount
    FROM paid_in_window AS payment
    INNER JOIN standing ON payment.order_id = standing.id
),
-- Without the payments table, use the method that the paid order names.
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
