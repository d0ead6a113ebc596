-- ---
-- title = { es = "Por cobrar", en = "Outstanding" }
-- grain = { es = "una fila: lo que aún deben las compras no pagadas del período", en = "one row: what the window's unpaid purchases still owe" }
-- shape = "record"
-- columns = ["outstanding_amount"]
-- [column]
-- outstanding_amount = { kind = "money", es = "Por cobrar: compras del período no pagadas, menos sus abonos", en = "Outstanding: unpaid purchases of the period, less what was paid on them" }
-- ---
WITH
-- An order in another currency has no money here, so nothing is outstanding.
owing AS (
    SELECT id, kind, money
    FROM purchases
    WHERE NOT is_recognised AND money IS NOT NULL AND local_date BETWEEN $from_date AND $to_date
),
-- An unlinked work order has no payments of its own: its whole amount is outstanding.
paid AS (
    SELECT payment.order_id, sum(payment.amount) AS amount
    FROM order_payments AS payment
    WHERE payment.order_created_at >= $from_at AND payment.order_created_at < $until_at
    GROUP BY payment.order_id
)
SELECT coalesce(sum(greatest(0, owing.money - coalesce(paid.amount, 0))), 0) AS outstanding_amount
FROM owing
LEFT JOIN paid ON owing.kind = 'order' AND owing.id = paid.order_id;
