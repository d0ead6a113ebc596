-- ---
-- about = "The work orders delivered in each window, whatever their status now: how long it took, and whether in time (metrics 6)."
-- ---
CREATE OR REPLACE TEMP VIEW deliveries AS
WITH
delivered AS (
    SELECT
        branch_id,
        lab_name,
        delivered_at,
        local_time(delivered_at) AS local_at,
        delivery_time(ordered_at, created_at, delivered_at) AS took,
        local_day(delivered_at) <= lab_estimated_delivery_date AS on_time
    FROM lab_work_orders
    WHERE delivered_at >= getvariable('windows_from') AND delivered_at <= getvariable('as_of')
)
SELECT
    seen.place,
    delivered.branch_id,
    delivered.lab_name,
    delivered.took,
    delivered.on_time
FROM delivered
INNER JOIN windows AS seen ON delivered_at >= from_at AND delivered_at < until_at AND local_at <= cut
WHERE delivered.took IS NOT NULL;
