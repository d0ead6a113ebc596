-- ---
-- title = { es = "Entregas sin fecha", en = "Undated deliveries" }
-- grain = { es = "una fila: órdenes de trabajo del período entregadas sin que conste cuándo", en = "one row: work orders of the window that are delivered, nobody wrote when" }
-- shape = "record"
-- history = "none"
-- columns = ["undated_deliveries"]
-- [column]
-- undated_deliveries = { kind = "count", needs = "lab_work_orders", es = "Entregas sin fecha: no cuentan en los días de entrega", en = "Undated deliveries: they do not count in the days of delivery" }
-- ---
SELECT count(*) AS undated_deliveries
FROM lab_work_orders
WHERE created_at >= $from_at AND created_at < $until_at AND is_undated_delivery(status, delivered_at);
