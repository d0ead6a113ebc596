-- ---
-- title = { es = "Ingresos por categoría", en = "Revenue by category" }
-- grain = { es = "una fila por categoría: artículos de pedidos pagados del período", en = "one row per category: items of paid orders in the window" }
-- shape = "rows"
-- needs = "order_items"
-- chart = { kind = "bar", x = "category", y = "revenue" }
-- columns = ["category", "revenue"]
-- [column]
-- revenue = { of = "items", take = "sum money", where = "in_window and category = $row", section = "6" }
-- ---
SELECT
    category,
    sum(revenue) AS revenue
FROM order_lines
WHERE is_paid AND revenue IS NOT NULL AND local_date BETWEEN $from_date AND $to_date
GROUP BY category
ORDER BY revenue DESC, category;
