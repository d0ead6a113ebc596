-- ---
-- about = "The orders from history_from on: those that the reports of one answer read."
-- orders_from = "history_from"
-- stored = "orders"
-- ---
CREATE OR REPLACE TEMP TABLE order_facts AS
SELECT *
FROM every_order
WHERE created_at >= getvariable('orders_from');
