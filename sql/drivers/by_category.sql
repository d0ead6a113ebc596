-- ---
-- title = { es = "Cambio por categoría", en = "Change by category" }
-- grain = { es = "una fila por categoría de los artículos vendidos, y al final lo que no está en artículos", en = "one row per category of the items sold, and last what is not in items" }
-- shape = "rows"
-- depends_on = "previous"
-- needs = "order_items"
-- period = true
-- columns = ["category", "before", "now", "change"]
-- [column]
-- before = { total = true }
-- now = { total = true }
-- change = { total = true }
-- ---
WITH
sold AS (
    SELECT line.category, seen.place, line.revenue
    FROM order_lines AS line
    INNER JOIN windows AS seen
        ON line.created_at >= seen.from_at AND line.created_at < seen.until_at AND line.local_at <= seen.cut
    WHERE line.is_paid AND line.revenue IS NOT NULL
),
by_category AS (
    SELECT
        category,
        coalesce(sum(revenue) FILTER (WHERE place = 2), 0) AS before,
        coalesce(sum(revenue) FILTER (WHERE place = 1), 0) AS now
    FROM sold
    GROUP BY category
),
-- Items need not add up to their order, and not every sale has any.
rest AS (
    SELECT
        coalesce(sum(money) FILTER (WHERE place = 2), 0) - (SELECT coalesce(sum(before), 0) FROM by_category) AS before,
        coalesce(sum(money) FILTER (WHERE place = 1), 0) - (SELECT coalesce(sum(now), 0) FROM by_category) AS now
    FROM driver_sales
)
SELECT category, before, now, now - before AS change
FROM (
    SELECT category, before, now, 1 AS place
    FROM by_category
    UNION ALL
    SELECT 'not_in_items' AS category, before, now, 2 AS place
    FROM rest
) AS listed
ORDER BY place, category;
