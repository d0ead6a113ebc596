-- ---
-- about = "Every product of every branch, and whether it is out or low over the scope (metrics 6 and 17)."
-- internal = true
-- steps = ["inactive_product"]
-- ---
CREATE OR REPLACE TEMP VIEW stock_ledger AS
SELECT
    'product_branch_stock' AS table_name,
    stock.product_id AS id,
    product.name AS number,
    stock.branch_id,
    CAST(NULL AS VARCHAR) AS customer_id,
    product.status,
    CAST(NULL AS VARCHAR) AS payment_status,
    CAST(NULL AS DATE) AS date,
    CAST(0 AS DECIMAL(18, 2)) AS gross,
    CAST(0 AS DECIMAL(18, 2)) AS amount,
    CAST(NULL AS VARCHAR) AS no_money,
    CAST(level.available AS HUGEINT) AS measure,
    CAST(NULL AS BOOLEAN) AS kept,
    CASE
        WHEN sum(level.available) OVER same <= 0 THEN 'out'
        WHEN bool_or(level.state = 'low') OVER same THEN 'low'
        ELSE 'ok'
    END AS state,
    CASE WHEN level.product_id IS NULL THEN 'inactive_product' END AS left_at
FROM product_branch_stock AS stock
LEFT JOIN stock_levels AS level ON stock.product_id = level.product_id AND stock.branch_id = level.branch_id
LEFT JOIN products AS product ON stock.product_id = product.id
WINDOW same AS (PARTITION BY stock.product_id)
