-- ---
-- about = "Orders that have a non-void linked work order, and the customer those work orders agree on (metrics 4.2)."
-- ---
CREATE OR REPLACE TEMP VIEW order_links AS
SELECT
    pos_order_id AS order_id,
    -- A customer only when every work order names the same one, and the scope holds it.
    CASE
        WHEN bool_and(customer_seen) AND min(customer_id) = max(customer_id)
            THEN min(customer_id)
    END AS customer_id
FROM lab_work_orders
WHERE
    pos_order_seen
    AND pos_order_created_at >= getvariable('orders_from')
    AND NOT is_void_work_order(status, payment_status)
GROUP BY pos_order_id;
