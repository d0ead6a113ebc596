-- ---
-- title = { es = "Entrega", en = "Delivery" }
-- grain = { es = "una fila: órdenes de trabajo entregadas en el período, cualquiera sea su estado ahora", en = "one row: work orders delivered in the window, whatever their status now" }
-- shape = "record"
-- needs = "lab_work_orders"
-- columns = ["count", "average_days", "median_days", "p90_days", "on_time_pct"]
-- [column]
-- count = { total = false, es = "Entregas", en = "Deliveries" }
-- average_days = { kind = "days", es = "Días promedio: desde el encargo hasta la entrega", en = "Average days: from order to delivery" }
-- median_days = { kind = "days", es = "Mediana de días", en = "Median days" }
-- p90_days = { kind = "days", es = "Percentil 90 de días: 9 de cada 10 demoran a lo más esto", en = "90th percentile of days: 9 in 10 take at most this" }
-- on_time_pct = { kind = "percent", es = "A tiempo: entregadas a más tardar en la fecha prometida, de las que tienen una", en = "On time: delivered by the promised date, of those that have one" }
-- ---
WITH
-- A delivery before its order is a typing error, not a duration.
delivered AS (
    SELECT
        epoch_us(delivered_at) - epoch_us(ordered_at) AS took,
        local_day(delivered_at) <= lab_estimated_delivery_date AS on_time
    FROM lab_work_orders
    WHERE
        delivered_at >= $from_at AND delivered_at < $until_at AND delivered_at <= $as_of
        AND ordered_at <= delivered_at
)
SELECT
    count(*) AS count,
    days_per(sum(took), count(*)) AS average_days,
    days_per(quantile_cont(took, 0.5), 1) AS median_days,
    days_per(quantile_cont(took, 0.9), 1) AS p90_days,
    percent_of(count(*) FILTER (WHERE on_time), count(on_time)) AS on_time_pct
FROM delivered;
