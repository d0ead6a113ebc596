-- ---
-- title = { es = "Tablas cortadas", en = "Tables cut short" }
-- grain = { es = "una fila por tabla con exactamente 1.000 filas, lo más que entrega la interfaz de la app", en = "one row per table of exactly 1,000 rows, the most that the app's interface gives" }
-- shape = "list"
-- history = "none"
-- columns = ["table_name"]
-- ---
SELECT table_name
FROM scope_cut
ORDER BY table_name;
