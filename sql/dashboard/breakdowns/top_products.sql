-- ---
-- title = { es = "Productos más vendidos", en = "Top products" }
-- grain = { es = "una fila por producto: los 10 con más ingresos en el período", en = "one row per product: the 10 with most revenue in the window" }
-- shape = "rows"
-- needs = "order_items"
-- chart = { kind = "bar", x = "name", y = "revenue" }
-- columns = ["name", "category", "revenue", "quantity", "orders"]
-- [column]
-- name = { kind = "text", es = "Producto", en = "Product" }
-- ---
SELECT
    -- Always the same spelling, whatever the order of the rows.
    min(product_name) AS name,
    min(category) AS category,
    sum(revenue) AS revenue,
    sum(quantity) AS quantity,
    count(DISTINCT order_id) AS orders
FROM order_lines
WHERE is_paid AND revenue IS NOT NULL AND local_date BETWEEN $from_date AND $to_date
GROUP BY product_key
ORDER BY revenue DESC, quantity DESC, name, product_key
LIMIT 10;
