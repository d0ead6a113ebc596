-- ---
-- title = { es = "Productos vendidos", en = "Products sold" }
-- grain = { es = "una fila por producto vendido en el período, el de más ingresos primero", en = "one row per product sold in the window, the one with most revenue first" }
-- shape = "rows"
-- uses = "order_lines"
-- period = true
-- needs = "order_items"
-- chart = { kind = "bar", x = "product", y = "revenue" }
-- [columns]
-- product = { kind = "text", es = "Producto", en = "Product" }
-- category = { kind = "text", words = "category", es = "Categoría", en = "Category" }
-- revenue = { kind = "money", total = true, share = true, es = "Ingresos", en = "Revenue" }
-- quantity = { kind = "number", total = true, es = "Unidades", en = "Units" }
-- orders = { kind = "count", es = "Pedidos", en = "Orders" }
-- customers = { kind = "count", es = "Clientes", en = "Customers" }
-- ---
SELECT
    min(product_name) AS product,
    min(category) AS category,
    sum(revenue) AS revenue,
    sum(quantity) AS quantity,
    count(DISTINCT order_id) AS orders,
    count(DISTINCT customer_id) AS customers
FROM order_lines
WHERE is_paid AND revenue IS NOT NULL AND local_date BETWEEN $from_date AND $to_date
GROUP BY product_key
ORDER BY revenue DESC, quantity DESC, product, product_key;
