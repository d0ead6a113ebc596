-- How each sale was paid, and how it ended.
CREATE TABLE draft.sales AS
WITH joined AS (
    -- How a sale ended depends on its total and on when its glasses were handed over.
    SELECT
        v.visit_no, v.person_no, v.org_no, v.branch_no, v.moment, v.kind, v.is_web, t.total, l.delivered_at,
        l.visit_no IS NOT NULL AS has_work_order, coalesce(l.stands_alone, false) AS stands_alone,
        draw('fate', v.visit_no) AS fate, draw('plan', v.visit_no) AS plan,
        draw('method', v.visit_no) AS method,
        draw('down payment', v.visit_no) AS down
    FROM draft.visits AS v
    INNER JOIN draft.totals AS t USING (visit_no)
    LEFT JOIN draft.lab AS l USING (visit_no)
),

planned AS (
    -- Glasses are often paid half at the order and half at the counter weeks later; the rest is paid at once.
    SELECT
        *,
        CASE
            WHEN fate < 0.022 THEN 'cancelled'
            WHEN fate < 0.030 THEN 'refunded'
            WHEN is_web AND fate < 0.075 THEN 'failed'
            ELSE 'kept'
        END AS outcome,
        CASE
            WHEN kind = 'glasses' AND plan < 0.46 THEN 'half'
            WHEN kind = 'glasses' AND plan < 0.49 THEN 'instalments'
            WHEN plan > 0.985 THEN 'nothing yet'
            ELSE 'whole'
        END AS payment_plan,
        CASE
            WHEN is_web THEN CASE WHEN method < 0.55 THEN 'credit' WHEN method < 0.8 THEN 'debit'
                ELSE 'transfer' END
            WHEN method < 0.44 THEN 'debit' WHEN method < 0.67 THEN 'credit' WHEN method < 0.84 THEN 'cash'
            WHEN method < 0.99 THEN 'transfer' ELSE 'check'
        END AS payment_method,
        greatest(5000, CAST(floor(total * (0.35 + down * 0.3) / 5000) AS BIGINT) * 5000) AS abono
    FROM joined
)

SELECT
    *, NOT stands_alone AS has_order,
    -- Times are in the organization's zone; a sale after the end of the data keeps its own end.
    greatest(local_end(), moment + INTERVAL 1 HOUR) AS known_until
FROM planned;

CREATE TABLE draft.payments AS
WITH parts AS (
    -- The balance is paid when the glasses are handed over, instalments month by month.
    SELECT visit_no, 1 AS part, moment + INTERVAL 2 MINUTE AS paid_at, CASE payment_plan
        WHEN 'half' THEN least(abono, total) WHEN 'instalments' THEN total - 2 * (total // 3) ELSE total
    END AS amount
    FROM draft.sales WHERE payment_plan <> 'nothing yet' AND outcome <> 'failed'
    UNION ALL
    SELECT visit_no, 2, delivered_at, total - least(abono, total)
    FROM draft.sales WHERE payment_plan = 'half' AND outcome = 'kept' AND draw('saldo', visit_no) < 0.985
    UNION ALL
    SELECT visit_no, 1 + month, moment + to_months(CAST(month AS INTEGER)), total // 3
    FROM draft.sales CROSS JOIN (VALUES (1), (2)) AS m(month)
    WHERE payment_plan = 'instalments' AND outcome = 'kept'
)

SELECT
    p.visit_no, p.part, p.paid_at, p.amount,
    -- The second half may be paid by another method than the first.
    CASE WHEN p.part = 1 OR draw('same method', p.visit_no) < 0.6 THEN s.payment_method
        ELSE pick(['debit', 'cash', 'credit', 'transfer'], draw('saldo method', p.visit_no)) END
            AS payment_method
FROM parts AS p INNER JOIN draft.sales AS s USING (visit_no)
WHERE p.paid_at <= s.known_until AND p.amount > 0;

CREATE TABLE draft.settled AS
WITH paid AS (
    -- Only what was paid by the end of the data counts as paid.
    SELECT visit_no, CAST(sum(amount) AS BIGINT) AS amount FROM draft.payments GROUP BY visit_no
)

SELECT
    s.*,
    CASE
        WHEN s.outcome = 'refunded' THEN 'refunded' WHEN s.outcome = 'failed' THEN 'failed'
        WHEN coalesce(p.amount, 0) = 0 THEN CASE WHEN s.plan > 0.996 THEN 'on_hold_payment' ELSE 'pending' END
        WHEN p.amount < s.total THEN 'partial' ELSE 'paid'
    END AS payment_status
FROM draft.sales AS s LEFT JOIN paid AS p USING (visit_no);
