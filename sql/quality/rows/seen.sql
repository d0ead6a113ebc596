-- ---
-- title = { es = "Tablas leídas", en = "Tables loaded" }
-- grain = { es = "una fila por tabla de estas sucursales: qué fue de las filas que quien pregunta puede ver", en = "one row per table of the scope: what became of the rows that the reader may see" }
-- shape = "rows"
-- history = "none"
-- columns = ["table_name", "rows_read", "refused", "cells_emptied"]
-- ---
SELECT
    seen.table_name,
    CAST(seen.rows_seen AS BIGINT) AS rows_read,
    CAST(seen.refused AS BIGINT) AS refused,
    (
        SELECT CAST(coalesce(sum(emptied.cells), 0) AS BIGINT)
        FROM scope_emptied AS emptied
        WHERE emptied.table_name = seen.table_name
    ) AS cells_emptied
FROM scope_rows AS seen
ORDER BY seen.table_name;
