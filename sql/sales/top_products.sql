-- ---
-- title = { es = "Productos vendidos", en = "Products sold" }
-- grain = { es = "una fila por producto vendido en el período, el de más ingresos primero", en = "one row per product sold in the window, the one with most revenue first" }
-- shape = "rows"
-- period = true
-- needs = "order_items"
-- chart = { kind = "bar", x = "product", y = "revenue" }
-- columns = ["product", "category", "revenue", "quantity", "orders", "customers"]
-- [column]
-- product = { kind = "text", es = "Producto", en = "Product" }
-- customers = { total = false }
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
