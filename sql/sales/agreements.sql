-- ---
-- title = { es = "Convenios", en = "Agreements" }
-- grain = { es = "una fila por convenio con una venta pagada en el período", en = "one row per agreement with a paid sale in the window" }
-- shape = "rows"
-- period = true
-- columns = ["agreement", "type", "institution", "sales_count", "total_revenue", "copago", "institutional"]
-- [column]
-- agreement = { kind = "text", free_text = true, es = "Convenio: su id donde los datos no lo nombran", en = "Agreement: its id where the data do not name it" }
-- type = { kind = "text", free_text = true, es = "Tipo", en = "Type" }
-- institution = { kind = "text", free_text = true, es = "Institución", en = "Institution" }
-- sales_count = { total = true }
-- total_revenue = { total = true, es = "Ingresos: ventas pagadas del período", en = "Revenue: paid sales of the period" }
-- copago = { kind = "money", total = true, es = "Copago: la parte del cliente", en = "Copayment: the customer's part" }
-- institutional = { kind = "money", total = true, es = "Institución: la parte que paga la institución", en = "Institution's part: what the institution pays" }
-- ---
WITH
sold AS (
    SELECT
        sale.agreement_id,
        purchase.money,
        CASE WHEN purchase.money IS NOT NULL THEN sale.copago_amount END AS copago,
        CASE WHEN purchase.money IS NOT NULL THEN sale.institutional_amount END AS institutional
    FROM purchases AS purchase
    INNER JOIN orders AS sale
        ON purchase.kind = 'order' AND purchase.id = sale.id AND purchase.created_at = sale.created_at
    WHERE
        purchase.is_recognised
        AND purchase.local_date BETWEEN $from_date AND $to_date
        AND sale.agreement_id IS NOT NULL
),
by_agreement AS (
    SELECT
        agreement_id,
        count(*) AS sales_count,
        coalesce(sum(money), 0) AS total_revenue,
        coalesce(sum(copago), 0) AS copago,
        coalesce(sum(institutional), 0) AS institutional
    FROM sold
    GROUP BY agreement_id
)
SELECT
    coalesce(agreement.name, CAST(line.agreement_id AS VARCHAR)) AS agreement,
    agreement.agreement_type AS type,
    agreement.institution_name AS institution,
    line.sales_count,
    line.total_revenue,
    CASE WHEN has_column('orders', 'copago_amount') THEN line.copago END AS copago,
    CASE WHEN has_column('orders', 'institutional_amount') THEN line.institutional END AS institutional
FROM by_agreement AS line
LEFT JOIN agreements AS agreement ON line.agreement_id = agreement.id
ORDER BY line.total_revenue DESC, agreement, line.agreement_id;
