-- ---
-- title = { es = "De nuestra cifra a la de la app", en = "From our figure to the app's" }
-- grain = { es = "una fila por motivo: las filas en que la app suma otra cosa, y cuánto más", en = "one row per reason: the rows of which the app sums something else, and how much more" }
-- shape = "rows"
-- period = true
-- chart = { kind = "waterfall", x = "item", y = "amount", start = "reconcile/ours.ours", end = "reconcile/app.app" }
-- columns = ["item", "count", "amount"]
-- [column]
-- item = { kind = "text", vocabulary = "bridge_item", typed = "bridge_item", es = "Motivo", en = "Reason" }
-- count = { total = false, es = "Filas", en = "Rows" }
-- amount = { kind = "money", total = true, es = "La app suma de más: menos, si es negativo", en = "The app sums more: less, where it is negative" }
-- ---
WITH
named AS (
    SELECT
        unnest([
            'window_edge', 'not_pos', 'delivered_unpaid', 'void_orders', 'refunded_in_part', 'linked_again',
            'void_work_orders', 'quote_work_orders', 'other_currency', 'paid_statuses', 'duplicate_rows',
            'no_branch', 'unexplained'
        ]) AS item,
        generate_subscripts(range(13), 1) AS line
)
SELECT
    named.item,
    unless_cut(['orders', 'lab_work_orders'], count(read.item)) AS count,
    unless_cut(['orders', 'lab_work_orders'], coalesce(sum(read.app - read.ours), 0)) AS amount
FROM named
LEFT JOIN bridge_rows AS read ON named.item = read.item
GROUP BY named.line, named.item
ORDER BY named.line;
