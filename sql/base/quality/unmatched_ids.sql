-- ---
-- about = "Ids of the scope that name a row which is not there, a row per cell; what `opttius check` counts."
-- ---

-- Ids that no row of the table has which they should name. A few may be of rows that were deleted; more than a tenth
-- are of a table that is not whole, or of another one.
CREATE OR REPLACE TEMP VIEW unmatched_ids AS
WITH
named AS (
    SELECT
        'orders' AS table_name,
        'customer_id' AS column_name,
        CAST(customer_id AS VARCHAR) AS id,
        customer_id IN (SELECT id FROM customers) AS is_there
    FROM orders
    WHERE customer_id IS NOT NULL AND is_present('customers')
    UNION ALL
    SELECT
        'orders', 'agreement_id', CAST(agreement_id AS VARCHAR),
        agreement_id IN (SELECT id FROM agreements)
    FROM orders
    WHERE agreement_id IS NOT NULL AND is_present('agreements')
    UNION ALL
    SELECT
        'lab_work_orders', 'customer_id', CAST(customer_id AS VARCHAR),
        customer_id IN (SELECT id FROM customers)
    FROM lab_work_orders
    WHERE customer_id IS NOT NULL AND is_present('customers')
    UNION ALL
    SELECT
        'lab_work_orders', 'pos_order_id', CAST(pos_order_id AS VARCHAR),
        pos_order_id IN (SELECT id FROM orders)
    FROM lab_work_orders
    WHERE pos_order_id IS NOT NULL AND is_present('orders')
    UNION ALL
    SELECT
        'lab_work_orders', 'quote_id', CAST(quote_id AS VARCHAR),
        quote_id IN (SELECT id FROM quotes)
    FROM lab_work_orders
    WHERE quote_id IS NOT NULL AND is_present('quotes')
    UNION ALL
    SELECT
        'appointments', 'customer_id', CAST(customer_id AS VARCHAR),
        customer_id IN (SELECT id FROM customers)
    FROM appointments
    WHERE customer_id IS NOT NULL AND is_present('customers')
    UNION ALL
    SELECT
        'quotes', 'customer_id', CAST(customer_id AS VARCHAR),
        customer_id IN (SELECT id FROM customers)
    FROM quotes
    WHERE customer_id IS NOT NULL AND is_present('customers')
    UNION ALL
    SELECT
        'quotes', 'converted_to_work_order_id', CAST(converted_to_work_order_id AS VARCHAR),
        converted_to_work_order_id IN (SELECT id FROM lab_work_orders)
    FROM quotes
    WHERE converted_to_work_order_id IS NOT NULL AND is_present('lab_work_orders')
    UNION ALL
    SELECT
        'prescriptions', 'customer_id', CAST(customer_id AS VARCHAR),
        customer_id IN (SELECT id FROM customers)
    FROM prescriptions
    WHERE customer_id IS NOT NULL AND is_present('customers')
    UNION ALL
    SELECT
        'order_items', 'product_id', CAST(product_id AS VARCHAR),
        product_id IN (SELECT id FROM products)
    FROM order_items
    WHERE product_id IS NOT NULL AND is_present('products')
    UNION ALL
    SELECT
        'product_branch_stock', 'product_id', CAST(product_id AS VARCHAR),
        product_id IN (SELECT id FROM products)
    FROM product_branch_stock
    WHERE product_id IS NOT NULL AND is_present('products')
    UNION ALL
    SELECT
        'products', 'category_id', CAST(category_id AS VARCHAR),
        category_id IN (SELECT id FROM categories)
    FROM products
    WHERE category_id IS NOT NULL AND is_present('categories')
),
counted AS (
    SELECT
        table_name,
        column_name,
        id,
        is_there,
        count(*) OVER (PARTITION BY table_name, column_name) AS whole,
        count(*) FILTER (NOT is_there) OVER (PARTITION BY table_name, column_name) AS lost
    FROM named
)
SELECT
    table_name,
    column_name,
    id
FROM counted
WHERE NOT is_there AND lost * 10 > whole;
