-- ---
-- title = { es = "Tablas que la app no lee enteras", en = "Tables that the app does not read whole" }
-- grain = { es = "una fila por tabla de la que su consulta daría más de 1.000 filas", en = "one row per table of which its query would return more than 1,000 rows" }
-- shape = "map"
-- period = true
-- columns = ["table_name", "rows"]
-- ---
SELECT table_name, max(rows_read) AS rows
FROM app_row_cap
GROUP BY table_name
ORDER BY table_name;
