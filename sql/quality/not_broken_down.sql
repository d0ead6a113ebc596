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
-- A work order that stands alone has neither items nor payments of its own.
sales AS (
    SELECT
        CASE WHEN kind = 'order' THEN id END AS order_id,
        created_at,
        is_refunded_in_part,
        money
    FROM purchases
    WHERE is_recognised AND local_date BETWEEN $from_date AND $to_date
),
-- The last condition follows from the one before; it spares the scan of the items and payments of years before.
-- What came back of a sale refunded in part is not known, so none of its items counts.
not_itemised AS (
    SELECT sales.money
    FROM sales
    WHERE
        sales.is_refunded_in_part
        OR NOT EXISTS (
            SELECT 1
            FROM order_items AS item
            WHERE
                item.order_id = sales.order_id
                AND item.order_created_at = sales.created_at
                AND item.order_created_at >= (SELECT min(created_at) FROM sales)
        )
),
not_in_payments AS (
    SELECT sales.money
    FROM sales
    WHERE
        NOT EXISTS (
            SELECT 1
            FROM order_payments AS payment
            WHERE
                payment.order_id = sales.order_id
                AND payment.order_created_at = sales.created_at
                AND payment.order_created_at >= (SELECT min(created_at) FROM sales)
        )
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
    FROM not_itemised
    UNION ALL
    SELECT
        2 AS place,
        'not_in_payments' AS reason,
        is_present('order_payments') AS is_known,
        count(*) AS count,
        coalesce(sum(money), 0) AS amount
    FROM not_in_payments
) AS reasons
ORDER BY place;
