-- ---
-- title = { es = "Órdenes de trabajo", en = "Work orders" }
-- grain = { es = "una fila: órdenes de trabajo creadas en el período, según lo que falta por hacer", en = "one row: work orders created in the window, by what is left to do" }
-- shape = "record"
-- needs = "lab_work_orders"
-- columns = ["total", "pending", "ready", "completed", "cancelled", "returned", "unknown"]
-- [column]
-- pending = { kind = "count", es = "Pendientes: desde el presupuesto hasta el control de calidad", en = "Pending: from the quote to quality control", of = "work_orders", take = "count", where = "in_window and stage = pending", section = "6" }
-- ready = { kind = "count", es = "Listas para retiro", en = "Ready for pickup", of = "work_orders", take = "count", where = "in_window and stage = ready", section = "6" }
-- completed = { es = "Entregadas", en = "Delivered", of = "work_orders", take = "count", where = "in_window and stage = completed", section = "6" }
-- returned = { kind = "count", es = "Devueltas", en = "Returned", of = "work_orders", take = "count", where = "in_window and stage = returned", section = "6" }
-- total = { of = "work_orders", take = "count", where = "in_window", section = "6" }
-- cancelled = { of = "work_orders", take = "count", where = "in_window and stage = cancelled", section = "6" }
-- unknown = { of = "work_orders", take = "count", where = "in_window and stage = unknown", section = "6" }
-- ---
WITH
bucketed AS (
    SELECT work_order_stage(status) AS bucket
    FROM lab_work_orders
    WHERE created_at >= $from_at AND created_at < $until_at
)
SELECT
    count(*) AS total,
    count(*) FILTER (WHERE bucket = 'pending') AS pending,
    count(*) FILTER (WHERE bucket = 'ready') AS ready,
    count(*) FILTER (WHERE bucket = 'completed') AS completed,
    count(*) FILTER (WHERE bucket = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE bucket = 'returned') AS returned,
    count(*) FILTER (WHERE bucket = 'unknown') AS unknown
FROM bucketed;
