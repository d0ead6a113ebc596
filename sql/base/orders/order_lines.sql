-- ---
-- about = "Items of orders that are neither void nor refunded in part, each with its product's name and category (metrics 6 and 7)."
-- ---
CREATE OR REPLACE TEMP VIEW order_lines AS
SELECT
    item.order_id,
    sale.created_at,
    sale.local_at,
    sale.local_date,
    sale.customer_id,
    sale.is_paid,
    -- A product that is only known by what its items call it is told apart by that name.
    coalesce(CAST(item.product_id AS VARCHAR), 'name:' || lower(trim(item.product_name))) AS product_key,
    -- A product that the scope does not hold lends neither name nor category.
    coalesce(product.name, item.product_name, 'unknown') AS product_name,
    coalesce(category.name, 'uncategorised') AS category,
    -- Like the order's own money: none in another currency.
    CASE WHEN sale.money IS NOT NULL THEN coalesce(item.total_price, 0) END AS revenue,
    coalesce(item.quantity, 0) AS quantity
FROM order_items AS item
-- The second condition follows from the first; it lets the scan skip the row groups of other years.
INNER JOIN order_facts AS sale ON item.order_id = sale.id AND item.order_created_at = sale.created_at
LEFT JOIN products AS product ON item.product_id = product.id
LEFT JOIN categories AS category ON product.category_id = category.id
-- Of a sale refunded in part nobody knows which items came back.
WHERE NOT sale.is_void AND NOT sale.is_refunded_in_part;
