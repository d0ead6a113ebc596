-- ---
-- about = "What each purchase that is not paid still owes, in the report's currency, however old it is (metrics 6)."
-- stored = "owed_purchases"
-- ---
CREATE OR REPLACE TEMP TABLE owed_purchases AS
WITH
-- A sale refunded in part owes nothing, so here it is as void as one that was refunded whole.
unpaid AS (
    SELECT
        id,
        'order' AS kind,
        branch_id,
        created_at,
        local_at,
        money_of(total_amount, currency) AS money
    FROM orders
    WHERE NOT is_paid(payment_status) AND NOT is_void_order(status, payment_status, NULL)
    UNION ALL
    SELECT
        id,
        'work_order' AS kind,
        branch_id,
        created_at,
        local_at,
        money
    FROM every_work_order
    WHERE NOT is_paid AND is_purchase(is_void, is_quote, is_linked)
),
-- Another currency has no money here, so it owes nothing.
owing AS (
    SELECT *
    FROM unpaid
    WHERE money IS NOT NULL
),
-- A work order that stands alone has no payments of its own: it owes its whole amount. The second condition follows
-- from the first; it lets the scan skip the row groups of other years.
paid AS (
    SELECT payment.order_id, sum(payment.amount) AS amount
    FROM order_payments AS payment
    INNER JOIN owing ON payment.order_id = owing.id AND payment.order_created_at = owing.created_at
    WHERE owing.kind = 'order'
    GROUP BY payment.order_id
)
SELECT
    owing.id,
    owing.kind,
    owing.branch_id,
    owing.created_at,
    owing.local_at,
    owing.money,
    coalesce(paid.amount, 0) AS paid,
    greatest(0, owing.money - coalesce(paid.amount, 0)) AS owed
FROM owing
LEFT JOIN paid ON owing.kind = 'order' AND owing.id = paid.order_id;
