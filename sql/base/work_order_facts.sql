-- ---
-- about = "Every work order from history_from on: whether it is linked, void or paid, and whose it is (metrics 4 and 5)."
-- materialised = true
-- ---
CREATE OR REPLACE TEMP VIEW work_order_facts AS
SELECT
    work_order.id,
    work_order.branch_id,
    customer.id AS customer_id,
    work_order.status,
    -- Linked: the order it names is in the scope and exists at as-of; that order speaks for the sale.
    linked.id IS NOT NULL AS is_linked,
    work_order.pos_order_id IS NOT NULL AND linked.id IS NULL AS names_absent_order,
    is_void_work_order(work_order.status, work_order.payment_status) AS is_void,
    coalesce(work_order.status = 'quote', FALSE) AS is_quote,
    is_paid(work_order.payment_status) AS is_paid,
    work_order.total_amount,
    currency_code(work_order.currency) AS currency,
    money_of(work_order.total_amount, work_order.currency) AS money,
    work_order.created_at,
    local_time(work_order.created_at) AS local_at,
    local_day(work_order.created_at) AS local_date
FROM lab_work_orders AS work_order
LEFT JOIN customers AS customer ON work_order.customer_id = customer.id
LEFT JOIN orders AS linked ON work_order.pos_order_id = linked.id
WHERE work_order.created_at >= getvariable('history_from');
