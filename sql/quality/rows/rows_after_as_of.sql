-- ---
-- title = { es = "Filas posteriores a la fecha del informe", en = "Rows after as-of" }
-- grain = { es = "una fila por tabla de estas sucursales que tiene filas posteriores a la fecha del informe", en = "one row per table of the scope that has rows dated after as-of" }
-- shape = "map"
-- history = "none"
-- columns = ["table_name", "rows"]
-- ---
SELECT
    table_name,
    CAST(rows_after AS BIGINT) AS rows
FROM scope_rows
WHERE rows_after > 0 AND table_name IN ('appointments', 'customers', 'lab_work_orders', 'orders', 'quotes')
ORDER BY table_name;
