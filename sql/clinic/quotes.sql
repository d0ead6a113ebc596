-- ---
-- title = { es = "Presupuestos", en = "Quotes" }
-- grain = { es = "una fila por presupuesto creado en el período", en = "one row per quote created in the window" }
-- shape = "rows"
-- period = true
-- needs = "quotes"
-- columns = [
--     "date", "id", "number", "branch", "customer_id", "customer", "status", "outcome", "expires",
--     "currency", "amount",
-- ]
-- [column]
-- status = { es = "Estado: como está guardado", en = "Status: as stored" }
-- outcome = { kind = "text", vocabulary = "outcome", es = "Situación: abierto, aceptado, convertido, rechazado, vencido", en = "Outcome: open, accepted, converted, rejected, expired" }
-- expires = { kind = "date", es = "Vence", en = "Expires" }
-- ---
SELECT
    local_day(quote.created_at) AS date,
    CAST(quote.id AS VARCHAR) AS id,
    quote.quote_number AS number,
    branch.code AS branch,
    CAST(customer.id AS VARCHAR) AS customer_id,
    customer_name(customer.first_name, customer.last_name) AS customer,
    quote.status,
    quote_bucket(quote.status, quote.expiration_date, quote.converted_to_work_order_id) AS outcome,
    quote.expiration_date AS expires,
    currency_code(quote.currency) AS currency,
    quote.total_amount AS amount
FROM quotes AS quote
LEFT JOIN customers AS customer ON quote.customer_id = customer.id
LEFT JOIN branches AS branch ON quote.branch_id = branch.id
WHERE quote.created_at >= $from_at AND quote.created_at < $until_at
ORDER BY quote.created_at, quote.id;
