-- ---
-- title = { es = "Filas de un motivo", en = "Rows of a reason" }
-- grain = { es = "una fila por pedido u orden de trabajo en que la app suma otra cosa", en = "one row per order or work order of which the app sums something else" }
-- shape = "rows"
-- period = true
-- parameters.item = { es = "El motivo", en = "The reason" }
-- columns = [
--     "table", "id", "number", "date", "customer", "status", "payment_status", "amount", "ours", "app",
-- ]
-- [column]
-- table = { kind = "text", vocabulary = "table", es = "Tabla", en = "Table" }
-- amount = { kind = "number", es = "Monto: como está guardado", en = "Amount: as stored" }
-- ours = { kind = "money", total = true, es = "Aquí: lo que suma este informe", en = "Here: what this report sums" }
-- app = { kind = "money", total = true, es = "App: lo que suma la app", en = "App: what the app sums" }
-- ---
SELECT
    read.table_name AS table,
    CAST(read.id AS VARCHAR) AS id,
    read.number,
    local_day(read.created_at) AS date,
    customer_name(customer.first_name, customer.last_name) AS customer,
    read.status,
    read.payment_status,
    read.total_amount AS amount,
    read.ours,
    read.app
FROM bridge_rows AS read
LEFT JOIN customers AS customer ON read.customer_id = customer.id
WHERE read.item = $item
ORDER BY read.created_at, read.id, read.table_name, read.total_amount, read.status, read.payment_status;
