-- ---
-- title = { es = "Hallazgos", en = "Findings" }
-- grain = { es = "una fila por tipo de falla que tienen los datos", en = "one row per kind of fault that the data has" }
-- shape = "rows"
-- history = "all"
-- columns = ["severity", "finding", "table_name", "column_name", "count", "amount", "examples"]
-- [column]
-- severity = { kind = "text", vocabulary = "severity", es = "Gravedad", en = "Severity" }
-- finding = { kind = "text", vocabulary = "finding", effect = "finding_effect", es = "Hallazgo", en = "Finding" }
-- column_name = { kind = "text", es = "Columna", en = "Column" }
-- count = { total = false, es = "Casos", en = "Cases" }
-- amount = { kind = "money", es = "Monto: tal como está, en cualquier moneda", en = "Amount: as it stands, in any currency" }
-- examples = { kind = "list", identifier = true, es = "Ejemplos", en = "Examples" }
-- ---
WITH
findings AS (
    SELECT
        'error' AS severity,
        'refused_rows' AS finding,
        table_name,
        CAST(NULL AS VARCHAR) AS column_name,
        CAST(refused AS BIGINT) AS count,
        CAST(NULL AS DECIMAL(38, 2)) AS amount,
        CAST([] AS VARCHAR[]) AS examples
    FROM scope_rows
    WHERE refused > 0
    UNION ALL
    SELECT 'warning', 'duplicate_rows', table_name, NULL, CAST(duplicates AS BIGINT), NULL, CAST([] AS VARCHAR[])
    FROM scope_rows
    WHERE duplicates > 0
    UNION ALL
    SELECT 'warning', 'rows_after_as_of', table_name, NULL, CAST(rows_after AS BIGINT), NULL, CAST([] AS VARCHAR[])
    FROM scope_rows
    WHERE rows_after > 0
    UNION ALL
    SELECT 'info', 'adopted_rows', table_name, NULL, CAST(adopted AS BIGINT), NULL, CAST([] AS VARCHAR[])
    FROM scope_rows
    WHERE adopted > 0
    UNION ALL
    SELECT 'info', 'missing_table', table_name, NULL, 1, NULL, CAST([] AS VARCHAR[])
    FROM meta.missing
    WHERE column_name IS NULL
    UNION ALL
    SELECT 'info', 'missing_columns', table_name, NULL, count(*), NULL, list(column_name ORDER BY column_name)
    FROM meta.missing
    WHERE column_name IS NOT NULL AND NOT quiet
    GROUP BY table_name
    UNION ALL
    -- Files, sheets and blocks of the source, by the table that they seem to hold (null: none).
    SELECT 'warning', 'unread_files', table_name, NULL, count(*), NULL, list_slice(list(name ORDER BY name), 1, 5)
    FROM meta.unread
    GROUP BY table_name
    UNION ALL
    SELECT 'warning', 'unreadable_cells', table_name, column_name, cells, NULL, CAST([] AS VARCHAR[])
    FROM scope_emptied
    UNION ALL
    SELECT 'warning', 'cut', table_name, NULL, rows, NULL, CAST([] AS VARCHAR[])
    FROM scope_cut
    UNION ALL
    -- What belongs to nobody is told to whoever looks at the whole source, and to no branch.
    SELECT 'warning', 'orphan_rows', table_name, NULL, rows, NULL, CAST([] AS VARCHAR[])
    FROM meta.orphans
    WHERE getvariable('sees_everything')
    UNION ALL
    SELECT
        'error', 'ownerless_rows', table_name, NULL, CAST(sum(copies) AS BIGINT), sum(amount * copies),
        list_slice(list(DISTINCT id ORDER BY id), 1, 5)
    FROM scope_unowned
    GROUP BY table_name
    UNION ALL
    SELECT
        'warning', 'small_amounts', table_name, column_name, count(*), sum(amount),
        list_slice(list(id ORDER BY id), 1, 5)
    FROM small_amounts
    GROUP BY table_name, column_name
    UNION ALL
    SELECT
        'warning', 'unmatched_ids', table_name, column_name, count(*), NULL,
        list_slice(list(DISTINCT id ORDER BY id), 1, 5)
    FROM unmatched_ids
    GROUP BY table_name, column_name
    UNION ALL
    -- How columns were read where their cells did not say it: as many columns, each with its file.
    SELECT
        CASE WHEN reading IN ('day_first', 'stray_bytes') THEN 'warning' ELSE 'info' END, reading, table_name,
        NULL, count(*), NULL, list(concat_ws(' ', origin, column_name) ORDER BY origin, column_name)
    FROM meta.readings
    GROUP BY reading, table_name
    UNION ALL
    SELECT
        severity, finding, table_name, 'payment_status', count(*), NULL,
        list_slice(
            list_filter(list(DISTINCT coalesce(word, '') ORDER BY coalesce(word, '')), lambda known: known <> ''), 1, 5
        )
    FROM unpaid_words
    GROUP BY severity, finding, table_name
    UNION ALL
    SELECT
        severity, finding, table_name, NULL, count(*), NULL,
        list_slice(list(CAST(id AS VARCHAR) ORDER BY id), 1, 5)
    FROM faulty_rows
    GROUP BY severity, finding, table_name
)
SELECT
    severity,
    finding,
    table_name,
    column_name,
    count,
    amount,
    examples
FROM findings
ORDER BY list_position(['error', 'warning', 'info'], severity), finding, table_name, column_name;
