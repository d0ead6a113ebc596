-- ---
-- title = { es = "Productos favoritos", en = "Favourite products" }
-- grain = "one row per product: the 5 that the customer bought most of, over orders that are not void"
-- shape = "rows"
-- uses = "order_lines"
-- history = "all"
-- needs = "order_items"
-- parameters = { customer = "the customer's id" }
-- [columns]
-- name = { kind = "text", es = "Producto", en = "Product" }
-- category = { kind = "text", words = "category", es = "Categoría", en = "Category" }
-- quantity = { kind = "number", es = "Unidades", en = "Units" }
-- revenue = { kind = "money", es = "Monto", en = "Amount" }
-- ---
SELECT
    min(product_name) AS name,
    min(category) AS category,
    sum(quantity) AS quantity,
    coalesce(sum(revenue), 0) AS revenue
FROM order_lines
WHERE CAST(customer_id AS VARCHAR) = $customer
GROUP BY product_key
ORDER BY quantity DESC, revenue DESC, name, product_key
LIMIT 5;
