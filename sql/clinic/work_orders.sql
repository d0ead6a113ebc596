-- ---
-- title = { es = "Órdenes de trabajo", en = "Work orders" }
-- grain = { es = "una fila por orden de trabajo creada en el período", en = "one row per work order created in the window" }
-- shape = "rows"
-- period = true
-- needs = "lab_work_orders"
-- columns = [
--     "date", "id", "number", "branch", "customer_id", "customer", "status", "payment_status", "is_linked",
--     "lab", "lens", "promised", "delivered", "days", "currency", "amount",
-- ]
-- [column]
-- is_linked = { kind = "flag", es = "Enlazada: su pedido habla por la venta", en = "Linked: its order speaks for the sale" }
-- lab = { kind = "text", free_text = true, es = "Laboratorio", en = "Lab" }
-- lens = { kind = "text", free_text = true, es = "Lente", en = "Lens" }
-- promised = { kind = "date", es = "Prometida", en = "Promised" }
-- delivered = { kind = "date", es = "Entregada", en = "Delivered" }
-- days = { kind = "days", es = "Días: desde el encargo hasta la entrega", en = "Days: from order to delivery" }
-- ---
SELECT
    fact.local_date AS date,
    CAST(fact.id AS VARCHAR) AS id,
    work_order.work_order_number AS number,
    branch.code AS branch,
    CAST(fact.customer_id AS VARCHAR) AS customer_id,
    customer_name(customer.first_name, customer.last_name) AS customer,
    fact.status,
    work_order.payment_status,
    fact.is_linked,
    work_order.lab_name AS lab,
    work_order.lens_type AS lens,
    work_order.lab_estimated_delivery_date AS promised,
    -- What happens after as-of has not happened yet.
    CASE WHEN work_order.delivered_at <= $as_of THEN local_day(work_order.delivered_at) END AS delivered,
    CASE
        WHEN work_order.delivered_at <= $as_of
            THEN days_per(delivery_time(work_order.ordered_at, work_order.created_at, work_order.delivered_at), 1)
    END AS days,
    fact.currency,
    fact.total_amount AS amount
FROM work_order_facts AS fact
INNER JOIN lab_work_orders AS work_order ON fact.id = work_order.id
LEFT JOIN customers AS customer ON fact.customer_id = customer.id
LEFT JOIN branches AS branch ON work_order.branch_id = branch.id
WHERE fact.local_date BETWEEN $from_date AND $to_date
ORDER BY fact.local_at, fact.id;
