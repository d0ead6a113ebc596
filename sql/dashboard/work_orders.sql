-- ---
-- title = { es = "Órdenes de trabajo", en = "Work orders" }
-- grain = { es = "una fila: órdenes de trabajo creadas en el período, según lo que falta por hacer", en = "one row: work orders created in the window, by what is left to do" }
-- shape = "record"
-- needs = "lab_work_orders"
-- columns = ["total", "pending", "ready", "completed", "cancelled", "returned", "unknown"]
-- [column]
-- pending = { kind = "count", es = "Pendientes: desde el presupuesto hasta el control de calidad", en = "Pending: from the quote to quality control" }
-- ready = { kind = "count", es = "Listas para retiro", en = "Ready for pickup" }
-- completed = { es = "Entregadas", en = "Delivered" }
-- returned = { kind = "count", es = "Devueltas", en = "Returned" }
-- ---
WITH
-- Every status falls into exactly one bucket; a status not listed here is unknown.
bucketed AS (
    SELECT
        CASE
            WHEN status IN (
                'quote', 'ordered', 'on_hold_payment', 'sent_to_lab', 'in_progress_lab',
                'ready_at_lab', 'received_from_lab', 'mounted', 'quality_check'
            ) THEN 'pending'
            WHEN status = 'ready_for_pickup' THEN 'ready'
            WHEN status = 'delivered' THEN 'completed'
            WHEN status IN ('cancelled', 'returned') THEN status
            ELSE 'unknown'
        END AS bucket
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
