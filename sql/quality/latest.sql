-- ---
-- title = { es = "Lo más reciente", en = "Newest rows" }
-- grain = { es = "una fila por tabla: su fila más reciente de estas sucursales hasta la fecha del informe", en = "one row per table: its newest row of the scope up to as-of" }
-- shape = "map"
-- history = "none"
-- columns = ["table_name", "latest"]
-- [column]
-- latest = { kind = "text", es = "Más reciente", en = "Newest" }
-- ---
WITH
newest AS (
    SELECT 'customers' AS table_name, max(created_at) AS created_at
    FROM customers
    UNION ALL
    SELECT 'lab_work_orders' AS table_name, max(created_at) AS created_at
    FROM lab_work_orders
    UNION ALL
    SELECT 'orders' AS table_name, max(created_at) AS created_at
    FROM orders
    UNION ALL
    SELECT 'quotes' AS table_name, max(created_at) AS created_at
    FROM quotes
),
placed AS (
    SELECT
        table_name,
        local_time(created_at) AS local_at,
        (epoch_us(local_time(created_at)) - epoch_us(created_at)) // 1000000 AS offset_seconds
    FROM newest
)
-- ISO 8601, with the offset that the zone had at that instant.
SELECT
    table_name,
    strftime(local_at, '%Y-%m-%dT%H:%M:%S')
    || CASE WHEN epoch_us(local_at) % 1000000 <> 0 THEN strftime(local_at, '.%f') ELSE '' END
    || CASE WHEN offset_seconds < 0 THEN '-' ELSE '+' END
    || strftime(to_timestamp(abs(offset_seconds)), '%H:%M')
    -- Before zones were agreed on, a town's own time was some seconds off.
    || CASE WHEN offset_seconds % 60 <> 0 THEN strftime(to_timestamp(abs(offset_seconds)), ':%S') ELSE '' END
        AS latest
FROM placed
UNION ALL
SELECT
    'appointments' AS table_name,
    CAST(max(appointment_date) AS VARCHAR) AS latest
FROM appointments
ORDER BY table_name;
