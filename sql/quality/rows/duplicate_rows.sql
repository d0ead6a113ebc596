-- ---
-- title = { es = "Filas repetidas", en = "Duplicate rows" }
-- grain = { es = "una fila por tabla de estas sucursales que tiene filas con el mismo id", en = "one row per table of the scope that has rows with the same id" }
-- shape = "map"
-- history = "none"
-- columns = ["table_name", "rows"]
-- ---
SELECT
    table_name,
    CAST(duplicates AS BIGINT) AS rows
FROM scope_rows
WHERE
    duplicates > 0
    AND table_name IN (
        'appointments', 'credit_notes', 'customers', 'lab_work_orders', 'order_items', 'order_payments', 'orders', 'quotes'
    )
ORDER BY table_name;
