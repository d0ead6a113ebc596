-- ---
-- about = "The customer that an order's linked work orders agree on, for orders that may not name one themselves (metrics 4.2)."
-- internal = true
-- ---
CREATE OR REPLACE TEMP VIEW link_customers AS
SELECT
    link.order_id,
    min(link.customer_id) AS customer_id
FROM order_links AS link
WHERE link.pos_order_apart
GROUP BY link.order_id
-- A customer only when all work orders name the same one, and that customer is in the scope.
HAVING bool_and(link.customer_seen) AND min(link.customer_id) = max(link.customer_id);
