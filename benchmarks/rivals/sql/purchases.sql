-- Purchases from the instant `since` on, by sections 3 and 5 of docs/metrics.md.
CREATE TEMP MACRO latest_rows(rows_name, ids_name) AS TABLE
    SELECT *
    FROM query_table(rows_name)
    WHERE id IN (SELECT id FROM query_table(ids_name))
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY updated_at DESC NULLS LAST, created_at DESC) = 1;

CREATE TEMP VIEW orders AS
SELECT *
FROM order_rows
WHERE created_at >= getvariable('since') AND id NOT IN (SELECT id FROM repeated_orders)
UNION ALL
SELECT *
FROM latest_rows('order_rows', 'repeated_orders')
WHERE created_at >= getvariable('since');

CREATE TEMP VIEW work_orders AS
SELECT *
FROM work_order_rows
WHERE created_at >= getvariable('since') AND id NOT IN (SELECT id FROM repeated_work_orders)
UNION ALL
SELECT *
FROM latest_rows('work_order_rows', 'repeated_work_orders')
WHERE created_at >= getvariable('since');

CREATE TEMP MACRO in_currency(currency) AS (
    coalesce(nullif(upper(trim(currency)), ''), getvariable('currency')) = getvariable('currency')
);

CREATE TEMP TABLE part_refunds AS
WITH
marked AS (
    SELECT id, payment_status, coalesce(total_amount, 0) AS total_amount
    FROM orders
    WHERE payment_status IN ('refunded', 'partially_refunded')
),
paid AS (
    SELECT order_id, sum(amount) AS amount
    FROM (
        SELECT DISTINCT id, order_id, amount
        FROM payment_rows
        WHERE order_id IN (SELECT id FROM marked) AND (paid_at IS NULL OR paid_at < getvariable('until'))
    )
    GROUP BY order_id
),
returned AS (
    SELECT order_id, sum(amount) AS amount
    FROM (
        SELECT DISTINCT id, order_id, amount
        FROM note_rows
        WHERE order_id IN (SELECT id FROM marked) AND (created_at IS NULL OR created_at < getvariable('until'))
    )
    GROUP BY order_id
)
SELECT
    marked.id,
    least(coalesce(paid.amount, 0), marked.total_amount) - coalesce(returned.amount, 0) AS kept
FROM marked
LEFT JOIN paid ON marked.id = paid.order_id
LEFT JOIN returned ON marked.id = returned.order_id
WHERE (marked.payment_status = 'partially_refunded' OR returned.amount > 0) AND kept > 0;

CREATE TEMP VIEW purchases AS
SELECT
    sale.id,
    'order' AS kind,
    sale.branch_id,
    sale.created_at,
    refund.kept IS NOT NULL OR coalesce(sale.payment_status = 'paid', FALSE) AS is_recognised,
    CASE WHEN in_currency(sale.currency) THEN coalesce(refund.kept, sale.total_amount, 0) ELSE 0 END AS money
FROM orders AS sale
LEFT JOIN part_refunds AS refund ON sale.id = refund.id
WHERE
    refund.kept IS NOT NULL
    OR NOT (
        coalesce(sale.status IN ('cancelled', 'refunded'), FALSE)
        OR coalesce(sale.payment_status IN ('failed', 'refunded', 'partially_refunded'), FALSE)
    )
UNION ALL
SELECT
    id,
    'work_order' AS kind,
    branch_id,
    created_at,
    coalesce(payment_status = 'paid', FALSE) AS is_recognised,
    CASE WHEN in_currency(currency) THEN coalesce(total_amount, 0) ELSE 0 END AS money
FROM work_orders
WHERE
    NOT coalesce(status IN ('cancelled', 'returned', 'quote'), FALSE)
    AND NOT coalesce(payment_status = 'refunded', FALSE)
    AND NOT coalesce(pos_order_id IN (SELECT id FROM order_rows), FALSE);
