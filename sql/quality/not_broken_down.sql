-- ---
-- title = { es = "Sin detalle", en = "Not broken down" }
-- grain = { es = "una fila por detalle que no tienen todas las ventas del período: artículos, pagos", en = "one row per detail that not every sale of the window has: items, payments" }
-- shape = "map"
-- columns = ["reason", "count", "amount"]
-- [column]
-- reason = { kind = "text", es = "Motivo", en = "Reason" }
-- count = { total = false, es = "Ventas", en = "Sales" }
-- amount = { kind = "money", es = "Monto", en = "Amount" }
-- ---
WITH
-- A work order that stands alone has neither items nor payments of its own. What came back of a sale refunded in part
-- is not known, so none of its items counts.
sales AS (
    SELECT
        sale.money,
        sale.kind = 'work_order' OR sale.is_refunded_in_part OR coalesce(lacking.lacks_items, FALSE) AS lacks_items,
        sale.kind = 'work_order' OR coalesce(lacking.lacks_payments, FALSE) AS lacks_payments
    FROM purchases AS sale
    LEFT JOIN undetailed_orders AS lacking ON sale.kind = 'order' AND sale.id = lacking.id
    WHERE sale.is_recognised AND sale.local_date BETWEEN $from_date AND $to_date
)
SELECT
    reason,
    -- Without its table nobody knows.
    CASE WHEN is_known THEN count END AS count,
    CASE WHEN is_known THEN amount END AS amount
FROM (
    SELECT
        1 AS place,
        'not_itemised' AS reason,
        is_present('order_items') AS is_known,
        count(*) AS count,
        coalesce(sum(money), 0) AS amount
    FROM sales
    WHERE lacks_items
    UNION ALL
    SELECT
        2 AS place,
        'not_in_payments' AS reason,
        is_present('order_payments') AS is_known,
        count(*) AS count,
        coalesce(sum(money), 0) AS amount
    FROM sales
    WHERE lacks_payments
) AS reasons
ORDER BY place;
