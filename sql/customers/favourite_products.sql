-- ---
-- title = { es = "Productos favoritos", en = "Favourite products" }
-- grain = { es = "una fila por producto: los 5 que más compró el cliente, en pedidos que no están anulados", en = "one row per product: the 5 that the customer bought most of, over orders that are not void" }
-- shape = "rows"
-- history = "all"
-- needs = "order_items"
-- parameters.customer = { es = "el id del cliente", en = "the customer's id" }
-- columns = ["name", "category", "quantity", "revenue"]
-- [column]
-- name = { kind = "text", es = "Producto", en = "Product" }
-- quantity = { total = false }
-- revenue = { share = false, total = false, es = "Monto", en = "Amount" }
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
