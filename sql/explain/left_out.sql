-- ---
-- title = { es = "Las filas que un paso dejó fuera", en = "The rows that a step left out" }
-- grain = { es = "una fila por fila de los datos que salió en ese paso, la más reciente primero", en = "one row per row of the data that left at that step, the newest first" }
-- shape = "rows"
-- history = "none"
-- uses = "explained"
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
SELECT
    explained.table_name AS table,
    explained.id,
    explained.number,
    explained.date,
    customer_name(customer.first_name, customer.last_name) AS customer,
    explained.status,
    explained.payment_status,
    explained.gross AS amount,
    explained.step AS reason
FROM explained
LEFT JOIN customers AS customer ON explained.customer_id = CAST(customer.id AS VARCHAR)
WHERE explained.step = $left_out
ORDER BY explained.date DESC NULLS LAST, explained.id, explained.table_name, explained.branch_id
LIMIT $limit;
