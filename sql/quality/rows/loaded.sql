-- ---
-- title = { es = "Tablas leídas", en = "Tables loaded" }
-- grain = { es = "una fila por tabla del origen: qué fue de sus filas", en = "one row per table of the source: what became of its rows" }
-- shape = "rows"
-- history = "none"
-- columns = ["table_name", "files", "rows_read", "refused", "cells_emptied", "orphans", "ownerless"]
-- [column]
-- files = { kind = "count", es = "Archivos", en = "Files" }
-- orphans = { kind = "count", es = "Huérfanas: su pedido no está en los datos", en = "Orphans: their order is not in the data" }
-- ownerless = { kind = "count", es = "De nadie: ni su sucursal ni su organización está en los datos, y nadie las adopta", en = "Of nobody: neither their branch nor their organization is in the data, and nobody adopts them" }
-- ---
WITH
refusals AS (
    SELECT
        table_name,
        -- Several cells of one row may have been the reason.
        count(DISTINCT ordinal) FILTER (WHERE refused) AS refused,
        count(*) FILTER (WHERE NOT refused) AS cells_emptied
    FROM meta.rejects
    GROUP BY table_name
),
ownerless AS (
    SELECT table_name, CAST(sum(copies) AS BIGINT) AS rows
    FROM scope_unowned
    GROUP BY table_name
)
SELECT
    loaded.table_name,
    loaded.files,
    loaded.rows_read,
    coalesce(refusals.refused, 0) AS refused,
    coalesce(refusals.cells_emptied, 0) AS cells_emptied,
    coalesce(orphans.rows, 0) AS orphans,
    coalesce(ownerless.rows, 0) AS ownerless
FROM meta.loaded AS loaded
LEFT JOIN refusals ON loaded.table_name = refusals.table_name
LEFT JOIN meta.orphans AS orphans ON loaded.table_name = orphans.table_name
LEFT JOIN ownerless ON loaded.table_name = ownerless.table_name
ORDER BY loaded.table_name;
