-- ---
-- about = "The work orders from history_from on: those that the reports of one answer read."
-- orders_from = "history_from"
-- stored = "work_orders"
-- ---
CREATE OR REPLACE TEMP TABLE work_order_facts AS
SELECT *
FROM every_work_order
WHERE created_at >= getvariable('orders_from');
