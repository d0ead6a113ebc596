-- ---
-- title = { es = "Las filas detrás de la cifra", en = "The rows behind the figure" }
-- grain = { es = "una fila por fila de los datos que cuenta, la más reciente primero", en = "one row per row of the data that counts, the newest first" }
-- shape = "rows"
-- history = "none"
-- uses = "explained"
-- parameters.limit = { es = "Cuántas filas", en = "How many rows" }
-- columns = [
--     "table", "id", "number", "date", "customer", "status", "payment_status", "amount",
-- ]
-- [column]
-- table = { kind = "text", vocabulary = "table", es = "Tabla", en = "Table" }
-- amount = { kind = "money", total = true, es = "Monto: lo que cuenta de la fila", en = "Amount: what of the row counts" }
-- ---
SELECT
    explained.table_name AS table,
    explained.id,
    explained.number,
    explained.date,
    customer_name(customer.first_name, customer.last_name) AS customer,
    explained.status,
    explained.payment_status,
    explained.amount
FROM explained
LEFT JOIN customers AS customer ON explained.customer_id = CAST(customer.id AS VARCHAR)
WHERE explained.step IS NULL
ORDER BY explained.date DESC NULLS LAST, explained.id, explained.table_name, explained.branch_id
LIMIT $limit;
