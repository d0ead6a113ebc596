-- ---
-- title = { es = "Órdenes de trabajo por estado", en = "Work orders by status" }
-- grain = { es = "una fila por estado: órdenes de trabajo creadas en el período", en = "one row per status: work orders created in the window" }
-- shape = "sorted_map"
-- needs = "lab_work_orders"
-- chart = { kind = "bar", x = "status", y = "work_orders" }
-- columns = ["status", "work_orders"]
-- [column]
-- work_orders = { kind = "count", total = true, es = "Órdenes de trabajo", en = "Work orders", of = "work_orders", take = "count", where = "in_window and stored_status = $row", section = "6" }
-- ---
SELECT
    coalesce(status, 'unknown') AS status,
    count(*) AS work_orders
FROM lab_work_orders
WHERE created_at >= $from_at AND created_at < $until_at
GROUP BY coalesce(status, 'unknown')
ORDER BY status_rank(coalesce(status, 'unknown')), status;
