-- ---
-- title = { es = "Entrega", en = "Delivery" }
-- grain = { es = "una fila: órdenes de trabajo entregadas en el período, cualquiera sea su estado ahora", en = "one row: work orders delivered in the window, whatever their status now" }
-- shape = "record"
-- needs = "lab_work_orders"
-- columns = ["count", "average_days", "median_days", "p90_days", "on_time_pct", "undated"]
-- [column]
-- count = { total = false, es = "Entregas", en = "Deliveries", of = "deliveries", take = "count", where = "in_window", section = "6" }
-- undated = { kind = "count", es = "Sin fecha: creadas en el período y entregadas, sin que conste cuándo", en = "Undated: created in the period and delivered, nobody wrote when", of = "work_orders", take = "count", where = "in_window and undated = true", section = "6" }
-- average_days = { of = "deliveries", where = "in_window", formula = "sum days / count", section = "6" }
-- median_days = { of = "deliveries", take = "quantile 0.5", where = "in_window", section = "6" }
-- p90_days = { of = "deliveries", take = "quantile 0.9", where = "in_window", section = "6" }
-- on_time_pct = { of = "deliveries", where = "in_window", formula = "count kept / count promised * 100", section = "6" }
-- ---
SELECT
    deliveries AS count,
    days_per(took, deliveries) AS average_days,
    days_per(median_took, 1) AS median_days,
    days_per(p90_took, 1) AS p90_days,
    percent_of(on_time, promised) AS on_time_pct,
    (
        SELECT count(*)
        FROM lab_work_orders
        WHERE created_at >= $from_at AND created_at < $until_at AND is_undated_delivery(status, delivered_at)
    ) AS undated
FROM clinic_sums
WHERE place = 1;
