-- ---
-- title = { es = "Presupuestos por estado", en = "Quotes by status" }
-- grain = { es = "una fila por estado, como está guardado: presupuestos creados en el período", en = "one row per status as stored: quotes created in the window" }
-- shape = "sorted_map"
-- needs = "quotes"
-- chart = { kind = "bar", x = "status", y = "quotes" }
-- columns = ["status", "quotes"]
-- [column]
-- quotes = { kind = "count", total = true, es = "Presupuestos", en = "Quotes", of = "quotes", take = "count", where = "in_window and stored_status = $row", section = "6" }
-- ---
SELECT
    coalesce(status, 'unknown') AS status,
    count(*) AS quotes
FROM quotes
WHERE created_at >= $from_at AND created_at < $until_at
GROUP BY coalesce(status, 'unknown')
ORDER BY status_rank(coalesce(status, 'unknown')), status;
