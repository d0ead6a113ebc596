-- ---
-- title = { es = "Pedidos por estado", en = "Orders by status" }
-- grain = "one row per status: every order attributed to the customer, void ones too"
-- shape = "map"
-- history = "all"
-- parameters = { customer = "the customer's id" }
-- [columns]
-- status = { kind = "text", words = "status", es = "Estado", en = "Status" }
-- orders = { kind = "count", es = "Pedidos", en = "Orders" }
-- ---
SELECT
    coalesce(status, 'null') AS status,
    count(*) AS orders
FROM order_facts
WHERE CAST(customer_id AS VARCHAR) = $customer
GROUP BY coalesce(status, 'null')
ORDER BY status;
