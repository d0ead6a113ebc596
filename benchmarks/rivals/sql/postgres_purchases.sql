-- Purchases from the instant `since` on, by sections 3 and 5 of docs/metrics.md, in PostgreSQL's SQL.
-- Values are bound by the client. A primary key allows no id twice, so that no row has to be chosen.
CREATE TEMP VIEW held_branches AS
SELECT branch.id, branch.code
FROM branches AS branch
INNER JOIN organizations AS organization ON branch.organization_id = organization.id
WHERE organization.slug = %(organization)s;

CREATE TEMP VIEW order_rows AS
SELECT *
FROM orders
WHERE created_at < %(until)s
    AND (
        branch_id IN (SELECT id FROM held_branches)
        OR (branch_id IS NULL AND organization_id = (SELECT id FROM organizations WHERE slug = %(organization)s))
    );

CREATE TEMP VIEW work_order_rows AS
SELECT *
FROM lab_work_orders
WHERE created_at < %(until)s
    AND (
        branch_id IN (SELECT id FROM held_branches)
        OR (branch_id IS NULL AND organization_id = (SELECT id FROM organizations WHERE slug = %(organization)s))
    );

CREATE TEMP VIEW part_refunds AS
SELECT marked.id, kept.amount AS kept
FROM order_rows AS marked
LEFT JOIN LATERAL (
    SELECT sum(payment.amount) AS amount
    FROM order_payments AS payment
    WHERE payment.order_id = marked.id AND (payment.paid_at IS NULL OR payment.paid_at < %(until)s)
) AS paid ON TRUE
LEFT JOIN LATERAL (
    SELECT sum(note.amount) AS amount
    FROM credit_notes AS note
    WHERE note.order_id = marked.id AND (note.created_at IS NULL OR note.created_at < %(until)s)
) AS returned ON TRUE
CROSS JOIN LATERAL (
    SELECT least(coalesce(paid.amount, 0), coalesce(marked.total_amount, 0)) - coalesce(returned.amount, 0) AS amount
) AS kept
WHERE marked.created_at >= %(since)s
    AND marked.payment_status IN ('refunded', 'partially_refunded')
    AND (marked.payment_status = 'partially_refunded' OR returned.amount > 0)
    AND kept.amount > 0;

CREATE TEMP VIEW purchases AS
SELECT
    sale.id,
    'order' AS kind,
    sale.branch_id,
    sale.customer_id,
    sale.created_at,
    refund.kept IS NOT NULL OR coalesce(sale.payment_status = 'paid', FALSE) AS is_recognised,
    CASE
        WHEN coalesce(nullif(upper(trim(sale.currency)), ''), %(currency)s) = %(currency)s
            THEN coalesce(refund.kept, sale.total_amount, 0)
        ELSE 0
    END AS money
FROM order_rows AS sale
LEFT JOIN part_refunds AS refund ON sale.id = refund.id
WHERE sale.created_at >= %(since)s
    AND (
        refund.kept IS NOT NULL
        OR NOT (
            coalesce(sale.status IN ('cancelled', 'refunded'), FALSE)
            OR coalesce(sale.payment_status IN ('failed', 'refunded', 'partially_refunded'), FALSE)
        )
    )
UNION ALL
SELECT
    work.id,
    'work_order' AS kind,
    work.branch_id,
    work.customer_id,
    work.created_at,
    coalesce(work.payment_status = 'paid', FALSE) AS is_recognised,
    CASE
        WHEN coalesce(nullif(upper(trim(work.currency)), ''), %(currency)s) = %(currency)s
            THEN coalesce(work.total_amount, 0)
        ELSE 0
    END AS money
FROM work_order_rows AS work
WHERE work.created_at >= %(since)s
    AND NOT coalesce(work.status IN ('cancelled', 'returned', 'quote'), FALSE)
    AND NOT coalesce(work.payment_status = 'refunded', FALSE)
    AND NOT EXISTS (SELECT FROM order_rows AS sale WHERE sale.id = work.pos_order_id);
