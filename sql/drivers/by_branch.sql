-- ---
-- title = { es = "Cambio por sucursal", en = "Change by branch" }
-- grain = { es = "una fila por sucursal con una venta en alguna de las dos ventanas", en = "one row per branch with a sale in one of the two windows" }
-- shape = "rows"
-- depends_on = "previous"
-- period = true
-- columns = ["key", "before", "now", "change"]
-- [column]
-- key = { kind = "text", es = "Sucursal", en = "Branch" }
-- before = { total = true }
-- now = { total = true }
-- change = { total = true }
-- ---
SELECT
    key,
    amount_before AS before,
    amount_now AS now,
    amount_now - amount_before AS change
FROM driver_totals('branch')
ORDER BY key NULLS LAST;
