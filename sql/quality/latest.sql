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
placed AS (
    SELECT
        asked.table_name,
        seen.newest,
        local_time(seen.newest) AS local_at,
        (epoch_us(local_time(seen.newest)) - epoch_us(seen.newest)) // 1000000 AS offset_seconds
    FROM (
        SELECT unnest(['appointments', 'customers', 'lab_work_orders', 'orders', 'quotes']) AS table_name
    ) AS asked
    LEFT JOIN scope_rows AS seen ON asked.table_name = seen.table_name
)
-- An appointment has a date. What has an instant: ISO 8601, with the offset that the zone had then.
SELECT
    table_name,
    CASE
        WHEN table_name = 'appointments' THEN strftime(newest, '%Y-%m-%d')
        ELSE
            strftime(local_at, '%Y-%m-%dT%H:%M:%S')
            || CASE WHEN epoch_us(local_at) % 1000000 <> 0 THEN strftime(local_at, '.%f') ELSE '' END
            || CASE WHEN offset_seconds < 0 THEN '-' ELSE '+' END
            || strftime(to_timestamp(abs(offset_seconds)), '%H:%M')
            -- Before zones were agreed on, a town's own time was some seconds off.
            || CASE WHEN offset_seconds % 60 <> 0 THEN strftime(to_timestamp(abs(offset_seconds)), ':%S') ELSE '' END
    END AS latest
FROM placed
ORDER BY table_name;
