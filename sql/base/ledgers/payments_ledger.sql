-- ---
-- about = "Every payment of the period, less the change that was handed back; without the table, every order of it (metrics 6 and 17)."
-- internal = true
-- steps = ["void", "unpaid", "other_currency", "change_given"]
-- adjustment = "change_given"
-- ---
CREATE OR REPLACE TEMP VIEW payments_ledger AS
SELECT
    'order_payments' AS table_name,
    payment.id,
    sale.order_number AS number,
    sale.branch_id,
    fact.attributed_customer AS customer_id,
    sale.status,
    sale.payment_status,
    local_day(payment.paid_at) AS date,
    CASE WHEN in_currency(sale.currency) THEN coalesce(payment.amount, 0) ELSE 0 END AS gross,
    CASE WHEN in_currency(sale.currency) THEN coalesce(payment.amount, 0) - coalesce(handed.change, 0) ELSE 0 END
        AS amount,
    CASE WHEN NOT in_currency(sale.currency) THEN 'other_currency' END AS no_money,
    CAST(NULL AS HUGEINT) AS measure,
    CAST(NULL AS BOOLEAN) AS kept,
    coalesce(payment.payment_method, 'unknown') AS method,
    is_in_period(payment.paid_at) AS in_window,
    CASE WHEN is_void_order(sale.status, sale.payment_status, refund.kept) THEN 'void' END AS left_at
FROM order_payments AS payment
INNER JOIN orders AS sale ON payment.order_id = sale.id AND payment.order_created_at = sale.created_at
LEFT JOIN attributed_orders AS fact ON sale.id = fact.id AND sale.created_at = fact.created_at
LEFT JOIN part_refunds AS refund ON sale.id = refund.order_id
LEFT JOIN counted_payments AS handed ON payment.id = handed.id
WHERE is_in_period(payment.paid_at)
UNION ALL
-- Without the table, the method that the paid order itself names.
SELECT
    table_name, id, number, branch_id, customer_id, status, payment_status, local_date AS date,
    gross, amount, no_money, CAST(NULL AS HUGEINT) AS measure, CAST(NULL AS BOOLEAN) AS kept,
    coalesce(method, 'unknown') AS method,
    is_in_period(created_at) AS in_window,
    CASE WHEN is_void THEN 'void' WHEN NOT is_paid THEN 'unpaid' END AS left_at
FROM sale_rows
WHERE NOT is_present('order_payments') AND table_name = 'orders'
