-- ---
-- title = { es = "Segmentos de clientes", en = "Customer segments" }
-- grain = { es = "una fila por cliente del alcance", en = "one row per customer of the scope" }
-- shape = "rows"
-- uses = "customer_segments"
-- history = "all"
-- [columns]
-- customer_id = { kind = "id", es = "Id", en = "Id" }
-- branch = { kind = "text", es = "Sucursal", en = "Branch" }
-- name = { kind = "name", es = "Nombre", en = "Name" }
-- email = { kind = "email", es = "Correo", en = "Email" }
-- phone = { kind = "phone", es = "Teléfono", en = "Phone" }
-- rut = { kind = "rut", es = "RUT", en = "RUT" }
-- is_active = { kind = "flag", es = "Habilitado", en = "Enabled" }
-- created = { kind = "date", es = "Creado", en = "Created" }
-- purchases = { kind = "count", total = true, es = "Compras", en = "Purchases" }
-- recognised_sales = { kind = "count", total = true, es = "Ventas pagadas", en = "Paid sales" }
-- total_spent = { kind = "money", total = true, es = "Gastado: suma de sus ventas pagadas", en = "Spent: sum of its paid sales" }
-- lifetime_value = { kind = "money", total = true, es = "Valor de vida: valor histórico, igual a lo gastado", en = "Lifetime value: historical value, equal to what was spent" }
-- average_order_value = { kind = "money", es = "Compra promedio: gastado / ventas pagadas en la moneda del informe", en = "Average order: spent / paid sales in the report's currency" }
-- first_purchase = { kind = "date", es = "Primera compra", en = "First purchase" }
-- last_purchase = { kind = "date", es = "Última compra", en = "Last purchase" }
-- days_since_last_purchase = { kind = "count", es = "Días sin comprar", en = "Days since last purchase" }
-- average_days_between_purchases = { kind = "days", es = "Días entre compras: (última − primera) / (fechas distintas − 1)", en = "Days between purchases: (last − first) / (distinct dates − 1)" }
-- segment = { kind = "text", words = "segment", es = "Segmento", en = "Segment" }
-- r_score = { kind = "count", es = "R: qué tan reciente es la última compra, de 1 a 5", en = "R: how recent the last purchase is, 1 to 5" }
-- f_score = { kind = "count", es = "F: cuántas compras, de 1 a 5", en = "F: how many purchases, 1 to 5" }
-- m_score = { kind = "count", es = "M: cuánto gastó, de 1 a 5", en = "M: how much was spent, 1 to 5" }
-- rfm_score = { kind = "text", es = "RFM", en = "RFM" }
-- rfm_segment = { kind = "text", words = "rfm_segment", es = "Segmento RFM", en = "RFM segment" }
-- next_eye_exam_due = { kind = "date", es = "Próximo examen", en = "Next eye exam due" }
-- ---
SELECT
    CAST(facts.customer_id AS VARCHAR) AS customer_id,
    branch.code AS branch,
    customer_name(customer.first_name, customer.last_name) AS name,
    customer.email,
    customer.phone,
    customer.rut,
    customer.is_active,
    local_day(customer.created_at) AS created,
    facts.purchases,
    facts.recognised_sales,
    facts.total_spent,
    facts.total_spent AS lifetime_value,
    facts.average_order_value,
    facts.first_purchase,
    facts.last_purchase,
    facts.days_since_last_purchase,
    facts.average_days_between_purchases,
    facts.segment,
    facts.r_score,
    facts.f_score,
    facts.m_score,
    facts.rfm_score,
    facts.rfm_segment,
    customer.next_eye_exam_due
FROM customer_segments_at(CAST('infinity' AS TIMESTAMP), $as_of_date) AS facts
INNER JOIN customers AS customer ON facts.customer_id = customer.id
LEFT JOIN branches AS branch ON customer.branch_id = branch.id
ORDER BY lifetime_value DESC, facts.customer_id;
