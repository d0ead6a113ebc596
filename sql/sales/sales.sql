-- ---
-- title = { es = "Ventas, pagadas o no", en = "Sales, paid or not" }
-- grain = { es = "una fila por compra del período; las que tienen is_recognised son ingreso", en = "one row per purchase of the window; those with is_recognised are revenue" }
-- shape = "rows"
-- period = true
-- columns = [
--     "date", "id", "kind", "number", "branch", "channel", "customer_id", "customer", "unattributed",
--     "status", "payment_status", "is_recognised", "currency", "amount",
-- ]
-- [column]
-- kind = { kind = "text", vocabulary = "purchase", es = "Tipo: pedido, u orden de trabajo que vale por sí sola", en = "Kind: order, or a work order that stands alone" }
-- channel = { kind = "text", vocabulary = "channel", es = "Canal", en = "Channel" }
-- unattributed = { kind = "text", vocabulary = "unattributed", es = "Por qué no tiene cliente", en = "Why it has no customer" }
-- is_recognised = { kind = "flag", es = "Pagada: cuenta como ingreso", en = "Paid: counts as revenue" }
-- amount = { es = "Monto: en su moneda", en = "Amount: in its currency" }
-- ---
SELECT
    purchase.local_date AS date,
    CAST(purchase.id AS VARCHAR) AS id,
    purchase.kind,
    coalesce(sale.order_number, work_order.work_order_number) AS number,
    branch.code AS branch,
    purchase.channel,
    CAST(purchase.customer_id AS VARCHAR) AS customer_id,
    customer_name(customer.first_name, customer.last_name) AS customer,
    purchase.unattributed,
    coalesce(sale.status, work_order.status) AS status,
    coalesce(sale.payment_status, work_order.payment_status) AS payment_status,
    purchase.is_recognised,
    purchase.currency,
    purchase.total_amount AS amount
FROM purchases AS purchase
LEFT JOIN orders AS sale ON purchase.kind = 'order' AND purchase.id = sale.id
LEFT JOIN lab_work_orders AS work_order ON purchase.kind = 'work_order' AND purchase.id = work_order.id
LEFT JOIN customers AS customer ON purchase.customer_id = customer.id
LEFT JOIN branches AS branch ON coalesce(sale.branch_id, work_order.branch_id) = branch.id
WHERE purchase.local_date BETWEEN $from_date AND $to_date
ORDER BY purchase.local_at, purchase.id, purchase.kind;
