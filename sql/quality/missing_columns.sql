-- ---
-- title = { es = "Columnas que faltan", en = "Missing columns" }
-- grain = { es = "una fila por tabla a la que le faltan columnas opcionales", en = "one row per table that lacks optional columns" }
-- shape = "map"
-- history = "none"
-- columns = ["table_name", "columns"]
-- [column]
-- columns = { kind = "list", es = "Columnas", en = "Columns" }
-- ---
SELECT
    table_name,
    list(column_name ORDER BY column_name) AS columns
FROM meta.missing
WHERE column_name IS NOT NULL AND NOT quiet
GROUP BY table_name
ORDER BY table_name;
