-- ---
-- title = { es = "Filas leídas", en = "Rows read" }
-- grain = { es = "una fila por tabla de estas sucursales", en = "one row per table of the scope" }
-- shape = "map"
-- history = "none"
-- columns = ["table_name", "rows"]
-- ---
SELECT
    table_name,
    CAST(rows_seen AS BIGINT) AS rows
FROM scope_rows
WHERE rows_seen > 0 AND table_name IN ('appointments', 'customers', 'lab_work_orders', 'orders', 'quotes')
ORDER BY table_name;
