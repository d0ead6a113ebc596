-- ---
-- title = { es = "Cambio de los ingresos", en = "Change of revenue" }
-- grain = { es = "una fila: los ingresos de las dos ventanas", en = "one row: the revenue of both windows" }
-- shape = "record"
-- depends_on = "previous"
-- period = true
-- columns = ["before", "now", "change"]
-- ---
SELECT
    coalesce(sum(money) FILTER (WHERE place = 2), 0) AS before,
    coalesce(sum(money) FILTER (WHERE place = 1), 0) AS now,
    coalesce(sum(money) FILTER (WHERE place = 1), 0) - coalesce(sum(money) FILTER (WHERE place = 2), 0) AS change
FROM driver_sales;
