-- ---
-- title = { es = "Filas leídas", en = "Rows read" }
-- grain = { es = "una fila por tabla del alcance", en = "one row per table of the scope" }
-- shape = "map"
-- history = "none"
-- columns = ["table_name", "rows"]
-- ---
SELECT
    table_name,
    CAST(rows_seen AS BIGINT) AS rows
FROM scope_rows
ORDER BY table_name;
