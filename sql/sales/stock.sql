-- ---
-- title = { es = "Existencias", en = "Stock" }
-- grain = { es = "una fila por producto activo y sucursal que tiene existencias anotadas", en = "one row per active product and branch that has a stock row" }
-- shape = "rows"
-- history = "none"
-- needs = ["product_branch_stock", "products"]
-- columns = ["product", "branch", "quantity", "reserved", "available", "threshold", "state"]
-- [column]
-- product = { kind = "text", free_text = true, es = "Producto", en = "Product" }
-- quantity = { kind = "number", es = "Cantidad", en = "Quantity" }
-- reserved = { kind = "number", es = "Reservado", en = "Reserved" }
-- available = { kind = "number", es = "Disponible: cantidad menos lo reservado", en = "Available: quantity less what is reserved" }
-- threshold = { kind = "number", es = "Mínimo: con esto o menos queda poco", en = "Threshold: with this or less there is little" }
-- state = { kind = "text", vocabulary = "stock_state", es = "Estado en la sucursal", en = "State in the branch" }
-- ---
SELECT
    level.product_name AS product,
    branch.code AS branch,
    level.quantity,
    level.reserved,
    level.available,
    level.threshold,
    level.state
FROM stock_levels AS level
LEFT JOIN branches AS branch ON level.branch_id = branch.id
-- What has to be ordered first.
ORDER BY list_position(['out', 'low', 'ok'], level.state), product, branch, level.product_id;
