-- ---
-- title = { es = "Inventario", en = "Inventory" }
-- grain = { es = "una fila: productos activos con existencias en estas sucursales", en = "one row: active products with a stock row in the scope" }
-- shape = "record"
-- needs = ["product_branch_stock", "products"]
-- columns = ["out_of_stock", "low_stock"]
-- [column]
-- out_of_stock = { kind = "count", es = "Sin stock en todas las sucursales: productos sin nada disponible entre todas juntas", en = "Out of stock in all branches: products of which all together have nothing available", of = "stock", take = "count distinct product", where = "state = out", section = "6" }
-- low_stock = { kind = "count", es = "Stock bajo en alguna sucursal: productos con el mínimo o menos, que no faltan en todas", en = "Low stock in some branch: products at or under the threshold, and not out in all", of = "stock", take = "count distinct product", where = "state = low", section = "6" }
-- ---
WITH
by_product AS (
    SELECT
        product_id,
        sum(available) <= 0 AS is_out,
        bool_or(state = 'low') AS is_low
    FROM stock_levels
    GROUP BY product_id
)
SELECT
    count(*) FILTER (WHERE is_out) AS out_of_stock,
    count(*) FILTER (WHERE is_low AND NOT is_out) AS low_stock
FROM by_product;
