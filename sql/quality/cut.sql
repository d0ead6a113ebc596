-- ---
-- title = { es = "Tablas cortadas", en = "Tables cut short" }
-- grain = { es = "una fila por tabla con exactamente 1.000 filas, lo más que entrega la interfaz de la app", en = "one row per table of exactly 1,000 rows, the most that the app's interface gives" }
-- shape = "list"
-- history = "none"
-- columns = ["table_name"]
-- ---
SELECT held.table_name
FROM scope_rows AS held
INNER JOIN meta.loaded AS loaded ON held.table_name = loaded.table_name
-- Whoever sees everything is told of the table as it lies in the data; a scope, of its own rows of it.
WHERE CASE WHEN getvariable('sees_everything') THEN loaded.rows_read ELSE held.copies + held.refused END = 1000
ORDER BY held.table_name;
