-- ---
-- about = "Every work order of the scope from orders_from on: whether it is linked, void or paid, and whose it is (metrics 4 and 5)."
-- stored = "work_orders"
-- ---
CREATE OR REPLACE TEMP VIEW every_work_order AS
SELECT
    id,
    branch_id,
    CASE WHEN customer_seen THEN customer_id END AS customer_id,
    status,
    -- Linked: the order it names is in the scope and exists at as-of; then the order counts as the sale.
    pos_order_seen AS is_linked,
    pos_order_id IS NOT NULL AND NOT pos_order_seen AS names_absent_order,
    is_void_work_order(status, payment_status) AS is_void,
    coalesce(status = 'quote', FALSE) AS is_quote,
    is_paid(payment_status) AS is_paid,
    total_amount,
    currency_code(currency) AS currency,
    money_of(total_amount, currency) AS money,
    created_at,
    local_at,
    CAST(local_at AS DATE) AS local_date
FROM lab_work_orders
WHERE created_at >= getvariable('orders_from');
