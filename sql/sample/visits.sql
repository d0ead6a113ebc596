-- Every visit to a shop that ends in a sale: who, when, where, and what kind of sale.
SET VARIABLE later_kinds = weighted(['liquid', 'repair', 'sun'], [9, 6, 5]);
SET VARIABLE single_kinds = weighted(['glasses', 'sun', 'liquid'], [14, 3, 3]);
SET VARIABLE walk_in_kinds = weighted(['accessory', 'repair', 'liquid', 'sun'], [7, 5, 5, 3]);

CREATE TABLE draft.visits AS
WITH streams AS (
    -- Why people come back: glasses every 12 to 24 months, lenses every 1 to 3. cycle is in days, as a minimum and
    -- a spread; most is how often people come again.
    SELECT profile, stream, share, low, spread, most
    FROM (VALUES
        ('glasses', 1, 1.00, 365, 365, 70), ('glasses', 2, 0.40, 200, 450, 70),
        ('contacts', 3, 1.00, 30, 60, 70), ('contacts', 1, 0.90, 365, 365, 70), ('contacts', 2, 0.30, 200, 500, 70),
        ('single', 4, 1.00, 4000, 1, 0)
    ) AS t(profile, stream, share, low, spread, most)
),

followed AS (
    -- A customer's own cycle in each stream.
    SELECT
        person_no, org_no, branch_no, start, stream, most,
        low + spread * draw(concat('cycle', stream), person_no) AS cycle
    FROM draft.people INNER JOIN streams USING (profile)
    WHERE draw(concat('stream', stream), person_no) < share
),

repeated AS (
    -- Accessories and a second kind of purchase begin one cycle later: the first visit is for the first
    -- stream.
    SELECT *, unnest(range(CASE WHEN stream IN (1, 3, 4) THEN 0 ELSE 1 END,
        most + 1)) AS k
    FROM followed
),

placed AS (
    -- A cycle is a habit, not exact: up to a quarter of it early or late.
    SELECT
        person_no, org_no, branch_no, stream, person_no * 1000 + stream * 100 + k AS visit_no,
        start + (k * cycle + CASE WHEN k > 0
            THEN (draw('early or late', person_no * 1000 + stream * 100 + k) - 0.5)
            * 0.25 * cycle ELSE 0 END) / 1826 AS position
    FROM repeated
),

loyal AS (
    -- Whom the shop loses at a purchase it has lost for good, whatever they bought.
    SELECT person_no, org_no, branch_no, stream, visit_no, position
    FROM (SELECT *, row_number() OVER (PARTITION BY person_no ORDER BY position, visit_no) AS place FROM placed) AS p
    WHERE getvariable('loyalty') >= 1
        OR place <= 1 + floor(ln(draw('loyal', person_no) + 1e-9) / ln(greatest(getvariable('loyalty'), 1e-6)))
),

walk_ins AS (
    -- People who buy a cord or a cleaning spray and give no name; some rows are just after the end.
    SELECT
        NULL AS person_no, CASE WHEN draw('walk-in organization', -n) < 0.05 THEN 2 ELSE 1 END AS org_no,
        NULL AS branch_no, 5 AS stream, -n AS visit_no, 0.4 + draw('walk-in', -n) * 0.602 AS position
    FROM range(1, 2 + CAST(getvariable('customers') * 0.75 AS BIGINT)) AS t(n)
),

dated AS (
    -- From here on a visit has a date; visits older than the three years are dropped.
    SELECT person_no, org_no, branch_no, stream, visit_no, day
    FROM (SELECT * FROM loyal WHERE position < 1 UNION ALL SELECT * FROM walk_ins) AS v
    INNER JOIN draft.slots ON draft.slots.slot = CAST(floor(v.position * getvariable('slot_count')) AS BIGINT)
    WHERE day >= first_day()
),

kinds AS (
    -- The hour, and what was bought.
    SELECT
        *, draw('channel', visit_no) AS channel_chance,
        shop_time(day, draw('hour', visit_no), draw('second', visit_no)) AS moment
    FROM dated
)

SELECT
    visit_no, person_no, org_no, moment,
    -- Sometimes a customer of one branch buys in another.
    CASE WHEN branch_no IS NULL OR draw('elsewhere', visit_no) < 0.06 THEN pick(
        CASE WHEN org_no = 2 THEN getvariable('small_branches') ELSE getvariable('chain_branches') END,
        draw('walk-in branch', visit_no)
    ) ELSE branch_no END AS branch_no,
    CASE
        WHEN stream = 1 THEN 'glasses'
        WHEN stream = 3 THEN 'contact'
        ELSE pick(CASE stream
            WHEN 2 THEN getvariable('later_kinds') WHEN 4 THEN getvariable('single_kinds')
            ELSE getvariable('walk_in_kinds')
        END, draw('kind', visit_no))
    END AS kind,
    -- The web shop is small, and most of it is for people who know their measures.
    channel_chance < CASE stream WHEN 3 THEN 0.16 WHEN 1 THEN 0.02 WHEN 5 THEN 0 ELSE 0.06 END AS is_web
FROM kinds;
