-- ---
-- title = { es = "Laboratorios", en = "Labs" }
-- grain = { es = "una fila por laboratorio con una entrega en el período", en = "one row per lab with a delivery in the window" }
-- shape = "rows"
-- period = true
-- history = "none"
-- needs = "lab_work_orders"
-- columns = ["lab", "work_orders", "average_days", "median_days", "p90_days", "on_time_pct", "late"]
-- bases = ["promised"]
-- [column]
-- lab = { kind = "text", free_text = true, vocabulary = "unnamed", es = "Laboratorio", en = "Lab" }
-- work_orders = { kind = "count", total = true, es = "Entregas: órdenes de trabajo entregadas en el período", en = "Deliveries: work orders delivered in the period" }
-- on_time_pct = { over = "promised" }
-- late = { kind = "count", total = true, es = "Atrasadas: entregadas después de la fecha prometida", en = "Late: delivered after the promised date" }
-- ---
SELECT
    coalesce(nullif(trim(lab_name), ''), 'unknown') AS lab,
    count(*) AS work_orders,
    days_per(sum(took), count(*)) AS average_days,
    days_per(quantile_cont(took, 0.5), 1) AS median_days,
    days_per(quantile_cont(took, 0.9), 1) AS p90_days,
    percent_of(count(*) FILTER (WHERE on_time), count(on_time)) AS on_time_pct,
    count(*) FILTER (WHERE NOT on_time) AS late,
    count(on_time) AS promised
FROM deliveries
WHERE place = 1
GROUP BY coalesce(nullif(trim(lab_name), ''), 'unknown')
ORDER BY work_orders DESC, lab;
