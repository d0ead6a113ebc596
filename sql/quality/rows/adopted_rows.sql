-- ---
-- title = { es = "Filas adoptadas", en = "Adopted rows" }
-- grain = { es = "una fila por tabla de estas sucursales que tiene filas sin sucursal ni organización", en = "one row per table of the scope that has rows of neither a branch nor an organization" }
-- shape = "map"
-- history = "none"
-- columns = ["table_name", "rows"]
-- ---
SELECT
    table_name,
    CAST(adopted AS BIGINT) AS rows
FROM scope_rows
WHERE adopted > 0
ORDER BY table_name;
