-- ---
-- title = { es = "Contadas en parte", en = "Counted in part" }
-- grain = { es = "una fila por motivo por el que el dinero del período no es el que dice la venta, o no lo pagó el cliente", en = "one row per reason for which money of the window is not what the sale says, or not the customer's" }
-- shape = "map"
-- columns = ["reason", "count", "amount"]
-- [column]
-- reason = { kind = "text", es = "Motivo", en = "Reason" }
-- count = { total = false, es = "Ventas", en = "Sales" }
-- amount = { kind = "money", es = "Monto", en = "Amount" }
-- ---
WITH
sales AS (
    SELECT is_refunded_in_part, given_back, institutional_amount, money
    FROM order_facts
    WHERE is_paid AND NOT is_void AND local_date BETWEEN $from_date AND $to_date
)
SELECT
    reason,
    -- Without its table nobody knows.
    CASE WHEN is_known THEN CAST(count AS BIGINT) END AS count,
    CASE WHEN is_known THEN amount END AS amount
FROM (
    SELECT
        1 AS place,
        'refunded_in_part' AS reason,
        is_present('credit_notes') AS is_known,
        count(*) AS count,
        coalesce(sum(given_back) FILTER (WHERE money IS NOT NULL), 0) AS amount
    FROM sales
    WHERE is_refunded_in_part
    UNION ALL
    SELECT
        2 AS place,
        'change_given' AS reason,
        is_present('order_payments') AS is_known,
        count(DISTINCT order_id) AS count,
        coalesce(sum(change), 0) AS amount
    FROM change_given
    WHERE paid_at >= $from_at AND paid_at < $until_at
    UNION ALL
    SELECT
        3 AS place,
        'institutional' AS reason,
        TRUE AS is_known,
        count(*) AS count,
        coalesce(sum(institutional_amount) FILTER (WHERE money IS NOT NULL), 0) AS amount
    FROM sales
    WHERE institutional_amount > 0
) AS reasons
ORDER BY place;
