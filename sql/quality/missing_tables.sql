-- ---
-- title = { es = "Tablas que faltan", en = "Missing tables" }
-- grain = { es = "una fila por tabla que falta en el origen", en = "one row per table that the source does not hold" }
-- shape = "list"
-- history = "none"
-- columns = ["table_name"]
-- ---
SELECT table_name
FROM meta.missing
WHERE column_name IS NULL
ORDER BY table_name;
