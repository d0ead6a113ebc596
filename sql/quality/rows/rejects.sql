-- ---
-- title = { es = "Celdas que no se pudieron leer", en = "Cells that could not be read" }
-- grain = { es = "una fila por tabla, archivo, columna y motivo, con las primeras líneas", en = "one row per table, file, column and reason, with the first lines" }
-- shape = "rows"
-- history = "none"
-- columns = ["table_name", "file", "column_name", "reason", "refused", "count", "lines"]
-- [column]
-- file = { kind = "text", es = "Archivo", en = "File" }
-- column_name = { kind = "text", es = "Columna", en = "Column" }
-- reason = { vocabulary = "reason" }
-- refused = { kind = "flag", es = "Fila rechazada", en = "Row refused" }
-- count = { total = false, es = "Celdas", en = "Cells" }
-- lines = { kind = "list", es = "Líneas", en = "Lines" }
-- ---
SELECT
    table_name,
    origin AS file,
    column_name,
    reason,
    refused,
    count(*) AS count,
    -- Database rows have no line number.
    coalesce(
        list_slice(list(CAST(line AS VARCHAR) ORDER BY line) FILTER (WHERE line IS NOT NULL), 1, 10),
        CAST([] AS VARCHAR[])
    ) AS lines
FROM scope_rejects
GROUP BY table_name, origin, column_name, reason, refused
ORDER BY table_name, file, column_name, reason, refused;
