-- ---
-- title = { es = "Cambio por canal", en = "Change by channel" }
-- grain = { es = "una fila por canal con una venta en alguna de las dos ventanas", en = "one row per channel with a sale in one of the two windows" }
-- shape = "rows"
-- depends_on = "previous"
-- period = true
-- columns = ["key", "before", "now", "change"]
-- [column]
-- key = { kind = "text", vocabulary = "channel", es = "Canal", en = "Channel" }
-- before = { total = true }
-- now = { total = true }
-- change = { total = true }
-- ---
SELECT
    key,
    amount_before AS before,
    amount_now AS now,
    amount_now - amount_before AS change
FROM driver_totals('channel')
ORDER BY key NULLS LAST;
