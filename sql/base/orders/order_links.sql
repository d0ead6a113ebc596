-- ---
-- about = "The non-void work orders that are linked to an order from orders_from on (metrics 5)."
-- internal = true
-- ---
CREATE OR REPLACE TEMP VIEW order_links AS
SELECT
    pos_order_id AS order_id,
    customer_id,
    customer_seen,
    pos_order_apart
FROM known_lab_work_orders
WHERE
    pos_order_seen
    AND pos_order_created_at >= getvariable('orders_from')
    AND NOT is_void_work_order(status, payment_status);
