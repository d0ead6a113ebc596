-- ---
-- title = { es = "Pedidos por estado", en = "Orders by status" }
-- grain = { es = "una fila por estado: pedidos creados en el período", en = "one row per status: orders created in the window" }
-- shape = "sorted_map"
-- chart = { kind = "bar", x = "status", y = "orders" }
-- columns = ["status", "orders"]
-- [column]
-- orders = { total = true, of = "sales", take = "count every", where = "in_window and table_name = orders and stored_status = $row", section = "6" }
-- ---
SELECT
    coalesce(status, 'unknown') AS status,
    count(*) AS orders
FROM orders
WHERE created_at >= $from_at AND created_at < $until_at
GROUP BY coalesce(status, 'unknown')
ORDER BY status_rank(coalesce(status, 'unknown')), status;
