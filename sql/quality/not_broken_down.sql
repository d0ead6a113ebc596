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
-- Joined first: the dates of the sales spare the scan of every other item and payment.
itemised AS (
    SELECT DISTINCT item.order_id
    FROM order_items AS item
    INNER JOIN sales ON item.order_id = sales.order_id AND item.order_created_at = sales.created_at
),
paid AS (
    SELECT DISTINCT payment.order_id
    FROM order_payments AS payment
    INNER JOIN sales ON payment.order_id = sales.order_id AND payment.order_created_at = sales.created_at
),
-- What came back of a sale refunded in part is not known, so none of its items counts.
not_itemised AS (
    SELECT sales.money
    FROM sales
    LEFT JOIN itemised ON sales.order_id = itemised.order_id
    WHERE sales.is_refunded_in_part OR itemised.order_id IS NULL
),
not_in_payments AS (
    SELECT sales.money
    FROM sales
    LEFT JOIN paid ON sales.order_id = paid.order_id
    WHERE paid.order_id IS NULL
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
