-- ---
-- title = { es = "Las filas detrás de la cifra", en = "The rows behind the figure" }
-- grain = { es = "una fila por fila de los datos que cuenta, la más reciente primero", en = "one row per row of the data that counts, the newest first" }
-- shape = "rows"
-- history = "none"
-- parameters.limit = { es = "Cuántas filas", en = "How many rows" }
-- columns = [
--     "table", "id", "number", "date", "customer", "status", "payment_status", "amount",
-- ]
-- [column]
-- table = { kind = "text", vocabulary = "table", es = "Tabla", en = "Table" }
-- amount = { kind = "money", total = true, es = "Monto: lo que cuenta de la fila", en = "Amount: what of the row counts" }
-- ---
WITH
-- Cut to length before names are looked up.
listed AS (
    SELECT *
    FROM explained
    WHERE step IS NULL
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
    listed.amount
FROM listed
LEFT JOIN customers AS customer ON listed.customer_id = CAST(customer.id AS VARCHAR)
ORDER BY listed.date DESC NULLS LAST, listed.id, listed.table_name, listed.branch_id;
