-- ---
-- about = "Amounts of the scope that may have been read as a thousandth, a row per cell; what `opttius check` counts."
-- ---

-- An amount that was read as a thousandth of what it is (a dot that groups thousands, taken for a decimal point) is
-- about that far from what is usual in its column, which is its median: ten times further, or five times nearer.
CREATE OR REPLACE TEMP MACRO is_a_thousandth(amount, usual) AS (
    CAST(amount AS DECIMAL(38, 2)) * 10000 >= usual AND CAST(amount AS DECIMAL(38, 2)) * 200 <= usual
);

CREATE OR REPLACE TEMP VIEW small_amounts AS
WITH
amounts AS (
    SELECT 'orders' AS table_name, 'total_amount' AS column_name, CAST(id AS VARCHAR) AS id, total_amount AS amount, currency
    FROM orders
    WHERE total_amount > 0
    UNION ALL
    SELECT 'lab_work_orders', 'total_amount', CAST(id AS VARCHAR), total_amount, currency
    FROM lab_work_orders
    WHERE total_amount > 0
    UNION ALL
    SELECT 'quotes', 'total_amount', CAST(id AS VARCHAR), total_amount, currency
    FROM quotes
    WHERE total_amount > 0
    UNION ALL
    SELECT 'order_items', 'unit_price', CAST(child.id AS VARCHAR), child.unit_price, parent.currency
    FROM order_items AS child
    INNER JOIN orders AS parent ON child.order_id = parent.id
    WHERE child.unit_price > 0
    UNION ALL
    SELECT 'order_items', 'total_price', CAST(child.id AS VARCHAR), child.total_price, parent.currency
    FROM order_items AS child
    INNER JOIN orders AS parent ON child.order_id = parent.id
    WHERE child.total_price > 0
    UNION ALL
    SELECT 'order_payments', 'amount', CAST(child.id AS VARCHAR), child.amount, parent.currency
    FROM order_payments AS child
    INNER JOIN orders AS parent ON child.order_id = parent.id
    WHERE child.amount > 0
    UNION ALL
    SELECT 'credit_notes', 'amount', CAST(child.id AS VARCHAR), child.amount, parent.currency
    FROM credit_notes AS child
    INNER JOIN orders AS parent ON child.order_id = parent.id
    WHERE child.amount > 0
),
coded AS (
    SELECT table_name, column_name, id, amount, currency_code(currency) AS code
    FROM amounts
),
usual_amounts AS (
    SELECT table_name, column_name, code, quantile_disc(amount, 0.5) AS usual
    FROM coded
    GROUP BY table_name, column_name, code
    -- Of one or two amounts nobody knows which is usual.
    HAVING count(*) > 2
)
SELECT
    coded.table_name,
    coded.column_name,
    coded.id,
    coded.amount
FROM coded
INNER JOIN usual_amounts AS compared
    ON
        coded.table_name = compared.table_name
        AND coded.column_name = compared.column_name
        AND coded.code = compared.code
WHERE is_a_thousandth(coded.amount, compared.usual);
