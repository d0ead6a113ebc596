-- ---
-- about = "Every item of the orders of the period, and by which rule it is in no figure of products (metrics 6 and 17)."
-- internal = true
-- steps = ["void", "unpaid", "refunded_in_part", "other_currency"]
-- ---
CREATE OR REPLACE TEMP VIEW items_ledger AS
SELECT
    'order_items' AS table_name,
    item.id,
    sale.number,
    sale.branch_id,
    sale.customer_id,
    sale.status,
    sale.payment_status,
    sale.local_date AS date,
    CASE WHEN sale.no_money IS NULL THEN coalesce(item.total_price, 0) ELSE 0 END AS gross,
    CASE WHEN sale.no_money IS NULL THEN coalesce(item.total_price, 0) ELSE 0 END AS amount,
    sale.no_money,
    CAST(NULL AS HUGEINT) AS measure,
    CAST(NULL AS BOOLEAN) AS kept,
    coalesce(category.name, 'uncategorised') AS category,
    is_in_period(sale.created_at) AS in_window,
    CASE
        WHEN sale.is_void THEN 'void'
        WHEN NOT sale.is_paid THEN 'unpaid'
        -- Of a sale refunded in part nobody knows which items came back.
        WHEN refund.order_id IS NOT NULL THEN 'refunded_in_part'
    END AS left_at
FROM order_items AS item
INNER JOIN sale_rows AS sale
    ON sale.table_name = 'orders' AND item.order_id = sale.id AND item.order_created_at = sale.created_at
LEFT JOIN part_refunds AS refund ON item.order_id = refund.order_id
LEFT JOIN products AS product ON item.product_id = product.id
LEFT JOIN categories AS category ON product.category_id = category.id
