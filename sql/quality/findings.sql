-- ---
-- title = { es = "Hallazgos", en = "Findings" }
-- grain = { es = "una fila por tipo de falla que tienen los datos", en = "one row per kind of fault that the data has" }
-- shape = "rows"
-- uses = ["faulty_rows"]
-- history = "all"
-- columns = ["severity", "finding", "table_name", "count", "examples"]
-- [column]
-- severity = { kind = "text", vocabulary = "severity", es = "Gravedad", en = "Severity" }
-- finding = { kind = "text", vocabulary = "finding", es = "Hallazgo", en = "Finding" }
-- count = { total = false, es = "Casos", en = "Cases" }
-- examples = { kind = "list", identifier = true, es = "Ejemplos", en = "Examples" }
-- ---
WITH
findings AS (
    SELECT 'error' AS severity, 'refused_rows' AS finding, table_name, refused AS count, CAST([] AS VARCHAR[]) AS examples
    FROM scope_rows
    WHERE refused > 0
    UNION ALL
    SELECT 'warning', 'duplicate_rows', table_name, CAST(duplicates AS BIGINT), CAST([] AS VARCHAR[])
    FROM scope_rows
    WHERE duplicates > 0
    UNION ALL
    SELECT 'warning', 'rows_after_as_of', table_name, CAST(rows_after AS BIGINT), CAST([] AS VARCHAR[])
    FROM scope_rows
    WHERE rows_after > 0
    UNION ALL
    SELECT 'info', 'missing_table', table_name, 1, CAST([] AS VARCHAR[])
    FROM meta.missing
    WHERE column_name IS NULL
    UNION ALL
    SELECT 'info', 'missing_columns', table_name, count(*), list(column_name ORDER BY column_name)
    FROM meta.missing
    WHERE column_name IS NOT NULL AND NOT quiet
    GROUP BY table_name
    UNION ALL
    SELECT 'warning', 'unreadable_cells', table_name, count(*), CAST([] AS VARCHAR[])
    FROM scope_rejects
    WHERE NOT refused
    GROUP BY table_name
    UNION ALL
    -- Rows without an owner are shown only to whoever checks the whole source, never to a branch.
    SELECT 'warning', 'orphan_rows', table_name, rows, CAST([] AS VARCHAR[])
    FROM meta.orphans
    WHERE getvariable('sees_everything')
    UNION ALL
    SELECT 'error', 'ownerless_rows', table_name, rows, CAST([] AS VARCHAR[])
    FROM meta.ownerless
    WHERE getvariable('sees_everything')
    UNION ALL
    SELECT severity, finding, table_name, count(*), list_slice(list(CAST(id AS VARCHAR) ORDER BY id), 1, 5)
    FROM faulty_rows
    GROUP BY severity, finding, table_name
)
SELECT
    severity,
    finding,
    table_name,
    count,
    examples
FROM findings
ORDER BY list_position(['error', 'warning', 'info'], severity), finding, table_name;
