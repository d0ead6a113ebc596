-- ---
-- title = { es = "Pedidos por estado", en = "Orders by status" }
-- grain = { es = "una fila por estado: todo pedido atribuido al cliente, también los anulados", en = "one row per status: every order attributed to the customer, void ones too" }
-- shape = "sorted_map"
-- history = "all"
-- parameters.customer = { es = "el id del cliente", en = "the customer's id" }
-- columns = ["status", "orders"]
-- [column]
-- orders = { of = "sales", take = "count every", where = "of_customer and table_name = orders and stored_status = $row", section = "7" }
-- ---
SELECT
    coalesce(sale.status, 'unknown') AS status,
    count(*) AS orders
FROM order_facts AS fact
INNER JOIN orders AS sale ON fact.id = sale.id
WHERE CAST(fact.customer_id AS VARCHAR) = $customer
GROUP BY coalesce(sale.status, 'unknown')
ORDER BY status_rank(coalesce(sale.status, 'unknown')), status;
