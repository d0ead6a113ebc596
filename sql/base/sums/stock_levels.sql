-- ---
-- about = "What each branch has of each active product, and whether that is little (metrics 6)."
-- ---
CREATE OR REPLACE TEMP VIEW stock_levels AS
WITH
stock AS (
    SELECT
        product.id AS product_id,
        product.name AS product_name,
        stock.branch_id,
        stock.quantity,
        coalesce(stock.reserved_quantity, 0) AS reserved,
        coalesce(
            stock.available_quantity, greatest(0, stock.quantity - coalesce(stock.reserved_quantity, 0)), 0
        ) AS available,
        coalesce(stock.low_stock_threshold, 5) AS threshold
    FROM product_branch_stock AS stock
    INNER JOIN products AS product ON stock.product_id = product.id
    WHERE product.status = 'active'
)
SELECT
    *,
    CASE WHEN available <= 0 THEN 'out' WHEN available <= threshold THEN 'low' ELSE 'ok' END AS state
FROM stock;
