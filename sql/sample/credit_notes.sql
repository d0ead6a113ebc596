-- Credit notes: what was given back of a sale that was paid, whole or in part, at once or in two steps.
CREATE TABLE draft.credit_notes AS
WITH refunded AS (
    -- Nothing can be given back of a sale that nobody paid.
    SELECT
        s.visit_no, s.org_no, s.moment, s.known_until, draw('given back', s.visit_no) AS part,
        CAST(sum(p.amount) AS BIGINT) AS paid
    FROM draft.settled AS s INNER JOIN draft.payments AS p USING (visit_no)
    WHERE s.has_order AND s.outcome = 'refunded'
    GROUP BY ALL
),

given AS (
    -- Some keep the frame and bring back the lenses: a part of the money, in thousands.
    SELECT
        *, CASE WHEN part < 0.3 AND paid > 20000 THEN CAST(floor(paid * (0.2 + part) / 1000) * 1000 AS BIGINT)
            ELSE paid END AS amount
    FROM refunded
),

noted AS (
    -- Sometimes they come again with the rest, and a second note is written.
    SELECT
        *, CASE WHEN draw('second note', visit_no) < 0.3 THEN CAST(floor(amount * 0.4 / 1000) * 1000 AS BIGINT)
            ELSE 0 END AS later_amount
    FROM given
),

parts AS (
    -- The first note is written within three weeks, the second within ten days of it.
    SELECT visit_no, org_no, moment, known_until, 1 AS note_no, amount - later_amount AS amount,
        CAST(1 + floor(draw('refund wait', visit_no) * 20) AS INTEGER) AS days
    FROM noted
    UNION ALL
    SELECT visit_no, org_no, moment, known_until, 2, later_amount,
        CAST(22 + floor(draw('second wait', visit_no) * 9) AS INTEGER)
    FROM noted
),

dated AS (
    -- During opening hours, from Monday to Saturday.
    SELECT *, visit_no * 10 + note_no AS note_key, open_day(CAST(moment AS DATE) + days) AS day
    FROM parts WHERE amount > 0
),

timed AS (
    -- The time of day.
    SELECT *, shop_time(day, draw('note hour', note_key), draw('note second', note_key)) AS written_at
    FROM dated
)

-- A sale that the data know as refunded was refunded by their end: its last notes are then of the same day.
SELECT
    visit_no, org_no, note_key, amount,
    CASE WHEN written_at <= known_until THEN written_at
        ELSE moment + to_minutes(15 * note_no) END AS written_at
FROM timed;

CREATE TABLE public.credit_notes AS
SELECT
    uuid_of('credit note', note_key) AS id, uuid_of('order', visit_no) AS order_id,
    CAST(amount AS DECIMAL(12, 2)) AS amount, timezone(zone_of(org_no), written_at) AS created_at
FROM draft.credit_notes
UNION ALL
SELECT id, order_id, amount, created_at
FROM draft.odd_credit_notes
ORDER BY created_at, id;
