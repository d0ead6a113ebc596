-- ---
-- about = "Rows of the scope with something odd about them, a row per finding; what `opttius check` counts."
-- ---
CREATE OR REPLACE TEMP VIEW faulty_rows AS
-- A sale that nobody can be credited with.
SELECT
    'warning' AS severity,
    unattributed AS finding,
    CASE kind WHEN 'order' THEN 'orders' ELSE 'lab_work_orders' END AS table_name,
    id
FROM purchases
WHERE unattributed IS NOT NULL
UNION ALL
-- It counts for the whole organization, and for no branch.
SELECT 'warning', 'sale_without_branch', CASE kind WHEN 'order' THEN 'orders' ELSE 'lab_work_orders' END, id
FROM purchases
WHERE branch_id IS NULL
UNION ALL
-- It counts by itself here, and its order may count elsewhere.
SELECT 'warning', 'link_outside_scope', 'lab_work_orders', id
FROM work_order_facts
WHERE names_absent_order AND NOT is_void AND NOT is_quote
UNION ALL
-- Paid work that counts nowhere, because the order that speaks for it is void.
SELECT 'warning', 'paid_work_order_of_void_order', 'lab_work_orders', work_order.id
FROM work_order_facts AS work_order
INNER JOIN lab_work_orders AS stored ON work_order.id = stored.id
INNER JOIN order_facts AS sale ON stored.pos_order_id = sale.id
WHERE work_order.is_paid AND NOT work_order.is_void AND sale.is_void
UNION ALL
SELECT 'warning', 'null_amount', CASE kind WHEN 'order' THEN 'orders' ELSE 'lab_work_orders' END, id
FROM purchases
WHERE total_amount IS NULL
UNION ALL
SELECT 'warning', 'negative_amount', CASE kind WHEN 'order' THEN 'orders' ELSE 'lab_work_orders' END, id
FROM purchases
WHERE total_amount < 0
UNION ALL
SELECT 'info', 'other_currency', CASE kind WHEN 'order' THEN 'orders' ELSE 'lab_work_orders' END, id
FROM purchases
WHERE money IS NULL
UNION ALL
SELECT 'warning', 'unknown_status', 'orders', id
FROM orders
WHERE coalesce(status NOT IN ('pending', 'processing', 'shipped', 'delivered', 'cancelled', 'refunded'), TRUE)
UNION ALL
SELECT 'warning', 'unknown_status', 'lab_work_orders', id
FROM work_order_facts
WHERE work_order_stage(status) = 'unknown'
UNION ALL
SELECT 'warning', 'unknown_status', 'quotes', id
FROM quotes
WHERE quote_bucket(status, expiration_date, converted_to_work_order_id) = 'unknown'
UNION ALL
SELECT 'warning', 'unknown_status', 'appointments', id
FROM appointments
WHERE coalesce(status NOT IN ('scheduled', 'confirmed', 'completed', 'cancelled', 'no_show'), TRUE)
UNION ALL
SELECT 'info', 'delivered_before_ordered', 'lab_work_orders', id
FROM lab_work_orders
WHERE delivered_at < coalesce(ordered_at, created_at)
UNION ALL
SELECT 'info', 'without_branch', 'customers', id
FROM customers
WHERE branch_id IS NULL
UNION ALL
SELECT 'info', 'shared_email', 'customers', id
FROM customers
WHERE email_key IS NOT NULL AND branch_id IS NOT NULL
QUALIFY count(*) OVER (PARTITION BY branch_id, email_key) > 1
UNION ALL
SELECT 'info', 'wrong_rut', 'customers', id
FROM customers
WHERE rut_key(rut) IS NOT NULL AND NOT is_rut(rut)
UNION ALL
-- Paid more than it costs: an entry made twice, or an amount that was changed afterwards.
SELECT 'warning', 'paid_too_much', 'orders', sale.id
FROM order_facts AS sale
INNER JOIN order_payments AS payment ON sale.id = payment.order_id
WHERE NOT sale.is_void AND NOT sale.is_refunded_in_part
GROUP BY sale.id
HAVING sum(payment.amount) > any_value(sale.total_amount);
