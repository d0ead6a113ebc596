-- ---
-- title = { es = "Inventario", en = "Inventory" }
-- grain = { es = "una fila: productos activos con existencias en estas sucursales", en = "one row: active products with a stock row in the scope" }
-- shape = "record"
-- needs = ["product_branch_stock", "products"]
-- columns = ["out_of_stock", "low_stock"]
-- [column]
-- out_of_stock = { kind = "count", es = "Sin stock: nada disponible en ninguna de estas sucursales", en = "Out of stock: nothing available over the scope's branches" }
-- low_stock = { kind = "count", es = "Stock bajo: bajo el umbral en alguna sucursal", en = "Low stock: at or under the threshold in some branch" }
-- ---
WITH
stock AS (
    SELECT
        product_id,
        coalesce(available_quantity, greatest(0, quantity - coalesce(reserved_quantity, 0)), 0) AS available,
        coalesce(low_stock_threshold, 5) AS threshold
    FROM product_branch_stock
),
by_product AS (
    SELECT
        stock.product_id,
        sum(stock.available) <= 0 AS is_out,
        bool_or(stock.available > 0 AND stock.available <= stock.threshold) AS is_low
    FROM stock
    INNER JOIN products AS product ON stock.product_id = product.id
    WHERE product.status = 'active'
    GROUP BY stock.product_id
)
SELECT
    count(*) FILTER (WHERE is_out) AS out_of_stock,
    count(*) FILTER (WHERE is_low AND NOT is_out) AS low_stock
FROM by_product;
