-- ---
-- title = { es = "Vendedores", en = "Sellers" }
-- grain = { es = "una fila por persona que cobró en caja una venta del período", en = "one row per person who took the money of a sale of the window" }
-- shape = "rows"
-- period = true
-- columns = ["seller", "sales_count", "total_revenue", "average_ticket", "discounts"]
-- [column]
-- seller = { kind = "email", es = "Vendedor: su correo, o su id donde los datos no lo nombran", en = "Seller: the email, or the id where the data do not name the person" }
-- sales_count = { total = true }
-- total_revenue = { total = true, es = "Ingresos: ventas pagadas del período", en = "Revenue: paid sales of the period" }
-- discounts = { kind = "money", total = true, es = "Descuentos: dados en estas ventas", en = "Discounts: given in these sales" }
-- ---
WITH
-- A work order that stands alone names nobody.
sold AS (
    SELECT
        sale.pos_cashier_id AS seller_id,
        purchase.money,
        CASE WHEN purchase.money IS NOT NULL THEN sale.discount_amount END AS discount
    FROM purchases AS purchase
    LEFT JOIN orders AS sale
        ON purchase.kind = 'order' AND purchase.id = sale.id AND purchase.created_at = sale.created_at
    WHERE purchase.is_recognised AND purchase.local_date BETWEEN $from_date AND $to_date
),
by_seller AS (
    SELECT
        seller_id,
        count(*) AS sales_count,
        coalesce(sum(money), 0) AS total_revenue,
        count(money) AS sales_in_currency,
        coalesce(sum(discount), 0) AS discounts
    FROM sold
    GROUP BY seller_id
)
SELECT
    coalesce(person.email, CAST(line.seller_id AS VARCHAR), 'unknown') AS seller,
    line.sales_count,
    line.total_revenue,
    money_per(line.total_revenue, line.sales_in_currency) AS average_ticket,
    CASE WHEN has_column('orders', 'discount_amount') THEN line.discounts END AS discounts
FROM by_seller AS line
LEFT JOIN admin_emails AS person ON line.seller_id = person.id
ORDER BY line.total_revenue DESC, line.seller_id NULLS LAST;
