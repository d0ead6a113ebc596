-- ---
-- title = { es = "Medios de pago", en = "Payment methods" }
-- grain = { es = "una fila por medio: pagos hechos en el período, o ventas donde no hay pagos", en = "one row per method: payments made in the window, or sales where there are no payments" }
-- shape = "rows"
-- chart = { kind = "bar", x = "method", y = "amount" }
-- columns = ["method", "count", "amount"]
-- [column]
-- method = { kind = "text", vocabulary = "method", es = "Medio", en = "Method" }
-- count = { es = "Pagos", en = "Payments", of = "payments", take = "count money", where = "in_window and method = $row", section = "6" }
-- amount = { kind = "money", share = true, total = true, es = "Monto: menos el vuelto", en = "Amount: less the change handed back", of = "payments", take = "sum money", where = "in_window and method = $row", section = "6" }
-- ---
SELECT
    method,
    count(*) AS count,
    sum(amount - change) AS amount
FROM counted_payments
GROUP BY method
UNION ALL
-- Without the table, the method that the paid order itself names.
SELECT
    coalesce(sale.payment_method_type, 'unknown') AS method,
    count(*) AS count,
    sum(fact.money) AS amount
FROM order_facts AS fact
INNER JOIN orders AS sale ON fact.id = sale.id AND fact.created_at = sale.created_at
WHERE
    NOT is_present('order_payments')
    AND fact.is_paid AND NOT fact.is_void AND fact.money IS NOT NULL
    AND fact.local_date BETWEEN $from_date AND $to_date
GROUP BY coalesce(sale.payment_method_type, 'unknown')
ORDER BY amount DESC, method;
