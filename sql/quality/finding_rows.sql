-- ---
-- title = { es = "Filas de un hallazgo", en = "Rows of a finding" }
-- grain = { es = "una fila por fila, celda o archivo con esa falla; por tabla, donde es de toda ella", en = "one row per row, cell or file with that fault; per table where it is of all of it" }
-- shape = "rows"
-- history = "all"
-- parameters.findings = { es = "Los hallazgos", en = "The findings" }
-- columns = [
--     "finding", "table_name", "id", "number", "date", "customer", "status", "amount", "column_name", "place", "reason", "cases",
-- ]
-- [column]
-- finding = { kind = "text", vocabulary = "finding", es = "Hallazgo", en = "Finding" }
-- amount = { kind = "number", es = "Monto: como está guardado", en = "Amount: as stored" }
-- column_name = { kind = "text", es = "Columna", en = "Column" }
-- place = { kind = "text", es = "Archivo y línea", en = "File and line" }
-- reason = { vocabulary = "reason" }
-- cases = { kind = "count", total = true, es = "Casos: por cuántos cuenta", en = "Cases: how many it counts for" }
-- ---
WITH
listed AS (
    SELECT
        finding,
        table_name,
        CAST(id AS VARCHAR) AS id,
        CAST(NULL AS VARCHAR) AS column_name,
        CAST(NULL AS VARCHAR) AS place,
        CAST(NULL AS VARCHAR) AS reason,
        CAST(NULL AS DECIMAL(18, 2)) AS amount,
        1 AS cases
    FROM faulty_rows
    UNION ALL
    SELECT finding, table_name, CAST(id AS VARCHAR), 'payment_status', NULL, NULL, NULL, 1
    FROM unpaid_words
    UNION ALL
    SELECT 'small_amounts', table_name, id, column_name, NULL, NULL, amount, 1
    FROM small_amounts
    UNION ALL
    SELECT 'unmatched_ids', table_name, id, column_name, NULL, NULL, NULL, count(*)
    FROM unmatched_ids
    GROUP BY table_name, id, column_name
    UNION ALL
    SELECT finding, table_name, id, column_name, NULL, NULL, NULL, cases
    FROM unseen_rows
    UNION ALL
    SELECT 'ownerless_rows', table_name, id, NULL, NULL, NULL, amount, copies
    FROM scope_unowned
    UNION ALL
    SELECT 'cut', table_name, NULL, NULL, NULL, NULL, NULL, rows
    FROM scope_cut
    UNION ALL
    SELECT 'orphan_rows', table_name, NULL, NULL, NULL, NULL, NULL, rows
    FROM meta.orphans
    WHERE getvariable('sees_everything')
    UNION ALL
    -- Several cells of a row may be the reason why it was refused: the first one is told.
    SELECT
        'refused_rows', table_name, NULL, min(column_name), min(concat_ws(':', origin, line)),
        arg_min(reason, coalesce(column_name, '')), NULL, 1
    FROM scope_rejects
    WHERE refused
    GROUP BY table_name, ordinal
    UNION ALL
    SELECT
        CASE WHEN column_name IS NULL THEN 'missing_table' ELSE 'missing_columns' END, table_name, NULL, column_name,
        NULL, NULL, NULL, 1
    FROM meta.missing
    WHERE column_name IS NULL OR NOT quiet
    UNION ALL
    SELECT 'unread_files', table_name, NULL, NULL, name, NULL, NULL, 1
    FROM meta.unread
    UNION ALL
    SELECT reading, table_name, NULL, column_name, origin, NULL, NULL, 1
    FROM meta.readings
),
-- What of the rows that the scope shows says which they are. Appointments and prescriptions have a day, no instant.
shown AS (
    SELECT
        'orders' AS table_name, id, order_number AS number, local_day(created_at) AS day, created_at, customer_id,
        status, payment_status, total_amount AS amount
    FROM orders
    UNION ALL
    SELECT
        'lab_work_orders', id, work_order_number, local_day(created_at), created_at, customer_id,
        status, payment_status, total_amount
    FROM lab_work_orders
    UNION ALL
    SELECT 'quotes', id, quote_number, local_day(created_at), created_at, customer_id, status, NULL, total_amount
    FROM quotes
    UNION ALL
    SELECT 'appointments', id, NULL, appointment_date, NULL, customer_id, status, NULL, NULL
    FROM appointments
    UNION ALL
    SELECT 'prescriptions', id, NULL, prescription_date, NULL, customer_id, NULL, NULL, NULL
    FROM prescriptions
    UNION ALL
    SELECT 'customers', id, NULL, local_day(created_at), created_at, id AS customer_id, NULL, NULL, NULL
    FROM customers
)
SELECT
    listed.finding,
    listed.table_name,
    listed.id,
    shown.number,
    shown.day AS date,
    customer_name(customer.first_name, customer.last_name) AS customer,
    CASE WHEN listed.column_name = 'payment_status' THEN shown.payment_status ELSE shown.status END AS status,
    coalesce(listed.amount, shown.amount) AS amount,
    listed.column_name,
    listed.place,
    listed.reason,
    CAST(listed.cases AS BIGINT) AS cases
FROM listed
LEFT JOIN shown ON listed.table_name = shown.table_name AND listed.id = CAST(shown.id AS VARCHAR)
LEFT JOIN customers AS customer ON shown.customer_id = customer.id
WHERE list_contains($findings, listed.finding)
ORDER BY
    listed.finding, listed.table_name, shown.day DESC NULLS LAST, shown.created_at DESC NULLS LAST, listed.id,
    listed.column_name, listed.place, listed.amount;
