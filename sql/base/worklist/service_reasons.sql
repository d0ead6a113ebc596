-- ---
-- about = "Glasses that wait for their owner, and purchases that are not paid in full: reasons to call as a service (metrics 15)."
-- internal = true
-- ---
CREATE OR REPLACE TEMP TABLE service_reasons AS
WITH
-- The sale of a linked work order is its order.
waiting AS (
    SELECT
        customer_id,
        coalesce(local_day(ready_at), CAST(local_at AS DATE)) AS since,
        CASE WHEN pos_order_seen THEN 'order' ELSE 'work_order' END AS kind,
        CASE WHEN pos_order_seen THEN pos_order_id ELSE id END AS sale_id
    FROM lab_work_orders
    WHERE
        status = 'ready_for_pickup'
        AND NOT is_void_work_order(status, payment_status)
        AND customer_seen
        AND date_diff('day', coalesce(local_day(ready_at), CAST(local_at AS DATE)), getvariable('as_of_date'))
        BETWEEN 7 AND 365
),
-- Two pairs of glasses of one order are one sale.
waiting_sales AS (
    SELECT DISTINCT customer_id, kind, sale_id
    FROM waiting
),
waiting_money AS (
    SELECT sale.customer_id, sum(owing.owed) AS owed
    FROM waiting_sales AS sale
    INNER JOIN owed_purchases AS owing ON sale.sale_id = owing.id AND sale.kind = owing.kind
    GROUP BY sale.customer_id
),
waiting_purchases AS (
    SELECT DISTINCT kind, sale_id
    FROM waiting_sales
),
ready AS (
    SELECT customer_id, min(since) AS since
    FROM waiting
    GROUP BY customer_id
)
SELECT
    ready.customer_id,
    'ready' AS reason,
    ready.since,
    CAST(coalesce(waiting_money.owed, 0) AS DECIMAL(18, 2)) AS at_stake
FROM ready
LEFT JOIN waiting_money ON ready.customer_id = waiting_money.customer_id
UNION ALL
SELECT
    purchase.customer_id,
    'balance' AS reason,
    min(purchase.local_date) AS since,
    CAST(sum(owing.owed) AS DECIMAL(18, 2)) AS at_stake
FROM purchases AS purchase
INNER JOIN owed_purchases AS owing ON purchase.id = owing.id AND purchase.kind = owing.kind
LEFT JOIN waiting_purchases AS waits
    ON purchase.id = waits.sale_id AND purchase.kind = waits.kind
WHERE
    purchase.customer_id IS NOT NULL
    AND NOT purchase.is_recognised
    AND owing.owed > 0
    AND date_diff('day', purchase.local_date, getvariable('as_of_date')) BETWEEN 30 AND 730
    AND waits.sale_id IS NULL
GROUP BY purchase.customer_id;
