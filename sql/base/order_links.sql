-- ---
-- about = "Orders that have a non-void linked work order, and the customer those work orders agree on (metrics 4.2)."
-- ---
CREATE OR REPLACE TEMP VIEW order_links AS
SELECT
    work_order.pos_order_id AS order_id,
    -- A customer only when every work order names the same one, and the scope holds it.
    CASE
        WHEN count(*) = count(customer.id) AND min(customer.id) = max(customer.id)
            THEN min(customer.id)
    END AS customer_id
FROM lab_work_orders AS work_order
LEFT JOIN customers AS customer ON work_order.customer_id = customer.id
WHERE
    work_order.pos_order_id IS NOT NULL
    AND NOT is_void_work_order(work_order.status, work_order.payment_status)
GROUP BY work_order.pos_order_id;
