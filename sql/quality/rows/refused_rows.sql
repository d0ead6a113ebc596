-- ---
-- title = { es = "Filas rechazadas", en = "Refused rows" }
-- grain = { es = "una fila por tabla de estas sucursales que tiene filas que no se pudieron leer", en = "one row per table of the scope that has rows which could not be read" }
-- shape = "map"
-- history = "none"
-- columns = ["table_name", "rows"]
-- ---
SELECT
    table_name,
    CAST(refused AS BIGINT) AS rows
FROM scope_rows
WHERE refused > 0
ORDER BY table_name;
