-- ---
-- title = { es = "Fuera de los ingresos", en = "Left out of revenue" }
-- grain = { es = "una fila por motivo por el que filas del período no son ingreso, o podrían contar dos veces", en = "one row per reason for which rows of the window are no revenue, or might count twice" }
-- shape = "map"
-- columns = ["reason", "count", "amount"]
-- [column]
-- reason = { kind = "text", es = "Motivo", en = "Reason" }
-- count = { total = false, es = "Filas", en = "Rows" }
-- amount = { kind = "money", es = "Monto", en = "Amount" }
-- ---
WITH
-- What counting linked work orders a second time would have added: the money of the paid ones.
work_orders AS (
    SELECT
        is_linked,
        names_absent_order,
        CASE WHEN is_paid THEN money END AS money
    FROM work_order_facts
    WHERE NOT is_void AND NOT is_quote AND local_date BETWEEN $from_date AND $to_date
),
void AS (
    SELECT money
    FROM order_facts
    WHERE is_void AND local_date BETWEEN $from_date AND $to_date
    UNION ALL
    SELECT money
    FROM work_order_facts
    WHERE is_void AND NOT is_linked AND local_date BETWEEN $from_date AND $to_date
),
unpaid AS (
    SELECT money
    FROM purchases
    WHERE NOT is_recognised AND local_date BETWEEN $from_date AND $to_date
)
SELECT
    reason,
    -- NULL when the table is missing.
    CASE WHEN place > 2 OR is_present('lab_work_orders') THEN count END AS count,
    CASE WHEN place > 2 OR is_present('lab_work_orders') THEN amount END AS amount
FROM (
    SELECT 1 AS place, 'linked_work_orders' AS reason, count(*) AS count, coalesce(sum(money), 0) AS amount
    FROM work_orders
    WHERE is_linked
    UNION ALL
    SELECT 2 AS place, 'link_outside_scope' AS reason, count(*) AS count, coalesce(sum(money), 0) AS amount
    FROM work_orders
    WHERE names_absent_order
    UNION ALL
    SELECT 3 AS place, 'void' AS reason, count(*) AS count, coalesce(sum(money), 0) AS amount
    FROM void
    UNION ALL
    SELECT 4 AS place, 'unpaid' AS reason, count(*) AS count, coalesce(sum(money), 0) AS amount
    FROM unpaid
) AS reasons
ORDER BY place;
