-- ---
-- title = { es = "Las filas que un paso dejó fuera", en = "The rows that a step left out" }
-- grain = { es = "una fila por fila de los datos que salió en ese paso, la más reciente primero", en = "one row per row of the data that left at that step, the newest first" }
-- shape = "rows"
-- history = "none"
-- parameters.limit = { es = "Cuántas filas", en = "How many rows" }
-- parameters.left_out = { es = "El paso", en = "The step" }
-- columns = [
--     "table", "id", "number", "date", "customer", "status", "payment_status", "amount", "reason",
-- ]
-- [column]
-- table = { kind = "text", vocabulary = "table", es = "Tabla", en = "Table" }
-- amount = { kind = "money", total = true, es = "Monto: como está guardado", en = "Amount: as stored" }
-- reason = { kind = "text", vocabulary = "step", es = "Motivo", en = "Reason" }
-- ---
WITH
-- Cut to length before names are looked up.
listed AS (
    SELECT *
    FROM explained
    WHERE step = $left_out
    ORDER BY date DESC NULLS LAST, id, table_name, branch_id
    LIMIT row_limit($limit)
)
SELECT
    listed.table_name AS table,
    listed.id,
    listed.number,
    listed.date,
    customer_name(customer.first_name, customer.last_name) AS customer,
    listed.status,
    listed.payment_status,
    listed.gross AS amount,
    listed.step AS reason
FROM listed
LEFT JOIN customers AS customer ON listed.customer_id = CAST(customer.id AS VARCHAR)
ORDER BY listed.date DESC NULLS LAST, listed.id, listed.table_name, listed.branch_id;
