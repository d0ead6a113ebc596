-- The steps of a pair of glasses: ordered, sent to the lab, back, ready, handed over; all in local time.
CREATE TABLE draft.lab AS
WITH made AS (
    -- A few glasses are sold without a work order (on paper only), some have a work order but never pass the
    -- POS; the lab also makes sunglasses with a prescription and contact lenses to order.
    SELECT
        visit_no, person_no, org_no, branch_no, moment, total, coalesce(
            lens_type, CASE kind WHEN 'sun' THEN 'solar graduado' ELSE 'contacto a pedido' END
        ) AS lens_type,
        draw('past the POS', visit_no) < 0.10 AS stands_alone,
        draw('lab wait', visit_no) AS wait, draw('late', visit_no) AS late,
        draw('pick-up', visit_no) AS pick_up
    FROM draft.visits INNER JOIN draft.totals USING (visit_no)
    WHERE person_no IS NOT NULL AND NOT is_web AND draw('work order', visit_no) < CASE kind
        WHEN 'glasses' THEN 0.97 WHEN 'sun' THEN 0.6 WHEN 'contact' THEN 0.35 ELSE 0
    END
),

paced AS (
    -- Multifocals take longer; one in nine is late, because of the lab, the courier or a lens that broke.
    SELECT
        *,
        CAST(
            2 + floor(wait * CASE lens_type WHEN 'multifocal' THEN 8 WHEN 'bifocal' THEN 6 ELSE 4 END)
            + CASE WHEN late < 0.11 THEN 3 + floor(late * 110) ELSE 0 END AS INTEGER
        ) AS lab_days,
        CASE lens_type WHEN 'multifocal' THEN 14 WHEN 'bifocal' THEN 12 ELSE 10 END AS promised_days,
        open_day(moment + INTERVAL 1 DAY) AS sent_day
    FROM made
),

stepped AS (
    -- Most people come within the week, some weeks later, and three in a hundred never.
    SELECT
        *, open_day(sent_day + lab_days) AS received_day, open_day(received_day + 1) AS ready_day,
        CASE WHEN pick_up < 0.97 THEN
            open_day(ready_day + 1 + CAST(floor(pow(pick_up, 5) * 17) AS INTEGER))
        END AS delivered_day
    FROM paced
),

timed AS (
    -- Every step happens during opening hours.
    SELECT
        *, moment + INTERVAL 6 MINUTE AS ordered_at,
        shop_time(sent_day, draw('sent hour', visit_no), wait) AS sent_at,
        shop_time(received_day, draw('received hour', visit_no), late) AS received_at,
        shop_time(ready_day, draw('ready hour', visit_no), pick_up) AS ready_at,
        shop_time(delivered_day, draw('delivered hour', visit_no), draw('delivered second', visit_no))
            AS delivered_at
    FROM stepped
)

-- Steps after the end of the data are not known yet.
SELECT
    visit_no, person_no, org_no, branch_no, moment, total, lens_type, ordered_at,
    stands_alone, CAST(moment AS DATE) + promised_days AS promised_on,
    CASE WHEN sent_at <= local_end() THEN sent_at END AS sent_at,
    CASE WHEN received_at <= local_end() THEN received_at END AS received_at,
    CASE WHEN ready_at <= local_end() THEN ready_at END AS ready_at,
    CASE WHEN delivered_at <= local_end() THEN delivered_at END AS delivered_at
FROM timed;
