-- ---
-- about = "The orders whose payments count: those that are not void, in the report's currency (metrics 6)."
-- internal = true
-- ---
CREATE OR REPLACE TEMP VIEW standing_orders AS
SELECT
    sale.id,
    sale.created_at,
    coalesce(sale.total_amount, 0) AS total_amount
FROM orders AS sale
LEFT JOIN part_refunds AS refund ON sale.id = refund.order_id
WHERE NOT is_void_order(sale.status, sale.payment_status, refund.kept) AND in_currency(sale.currency);
