-- ---
-- title = { es = "Celdas vaciadas", en = "Emptied cells" }
-- grain = { es = "una fila por columna de estas sucursales con celdas que no se pudieron leer", en = "one row per column of the scope that has cells which could not be read" }
-- shape = "nested"
-- history = "none"
-- columns = ["table_name", "column_name", "cells"]
-- [column]
-- column_name = { kind = "text", es = "Columna", en = "Column" }
-- cells = { kind = "count", es = "Celdas", en = "Cells" }
-- ---
SELECT
    table_name,
    column_name,
    cells
FROM scope_emptied
ORDER BY table_name, column_name;
