-- Appointments and prescriptions: the eye exam before the glasses, no-shows, guests, and the coming weeks.
CREATE TABLE draft.appointments AS
WITH kept AS (
    -- An exam that took place is on the day of the sale, at the half hour before it.
    SELECT visit_no AS key, person_no, org_no, branch_no, CAST(moment AS DATE) AS day,
        hour(moment) AS at_hour, 'exam' AS kind
    FROM draft.visits WHERE kind = 'glasses' AND draw('exam', visit_no) < 0.40 AND moment <= local_end()
),

others AS (
    -- Control visits, and exams after which nothing was bought.
    SELECT
        -person_no AS key, person_no, org_no, branch_no, day,
        10 + CAST(floor(draw('slot', person_no) * 4) AS BIGINT)
            AS at_hour, 'other' AS kind
    FROM draft.people INNER JOIN draft.slots
        ON slot = CAST(floor((start + (1 - start) * draw('booked', person_no)) * getvariable('slot_count'))
            AS BIGINT)
    WHERE draw('books', person_no) < 0.6 AND day >= first_day()
),

guests AS (
    -- A guest books by telephone and is not a customer yet.
    SELECT
        100000000000 + n AS key, CAST(NULL AS BIGINT) AS person_no, 1 AS org_no,
        pick(getvariable('chain_branches'), draw('guest branch', n)) AS branch_no, day,
        10 + CAST(floor(draw('guest hour', n) * 4) AS BIGINT) AS at_hour, 'other' AS kind
    FROM range(2 + getvariable('customers') // 16) AS t(n) INNER JOIN draft.slots
        ON slot = CAST(floor((0.4 + draw('guest', n) * 0.6) * getvariable('slot_count')) AS BIGINT)
),

coming AS (
    -- What is booked for the three weeks after the end of the data.
    SELECT
        200000000000 + person_no AS key, person_no, org_no, branch_no,
        open_day(getvariable('until') + 1 + CAST(floor(draw('coming day', person_no) * 20) AS INTEGER))
            AS day,
        10 + CAST(floor(draw('coming hour', person_no) * 4) AS BIGINT) AS at_hour, 'coming' AS kind
    FROM draft.people WHERE draw('coming', person_no) < 0.02 AND start < 0.99
)

SELECT *, draw('attendance', key) AS fate, draw('appointment fault', key) AS fault
FROM (
    SELECT * FROM kept
    UNION ALL
    SELECT * FROM others
    UNION ALL
    SELECT * FROM guests
    UNION ALL
    SELECT * FROM coming
) AS a;

CREATE TABLE public.appointments AS
SELECT
    uuid_of('appointment', key) AS id, p.customer_id, branch_id(a.branch_no) AS branch_id,
    CASE WHEN fault < 0.1 THEN NULL ELSE organization_id(a.org_no) END AS organization_id,
        day AS appointment_date,
    make_time(at_hour, CASE WHEN fate < 0.5 THEN 0 ELSE 30 END, 0.0) AS appointment_time,
    CASE WHEN kind = 'exam' OR fate < 0.6 THEN 'eye_exam'
        ELSE pick(['fitting', 'consultation', 'repair'], fault) END
        AS appointment_type,
    CASE
        WHEN fault BETWEEN 0.1 AND 0.102 THEN NULL WHEN fault BETWEEN 0.102 AND 0.104 THEN 'reagendada'
        WHEN kind = 'exam' THEN 'completed'
        WHEN kind = 'coming' THEN CASE WHEN fate < 0.55 THEN 'scheduled' ELSE 'confirmed' END
        WHEN fate < 0.46 THEN 'completed' WHEN fate < 0.70 THEN 'no_show' WHEN fate < 0.92 THEN 'cancelled'
        -- Nobody entered the outcome in the app.
        WHEN fate < 0.97 THEN 'scheduled' ELSE 'confirmed'
    END AS status,
    timezone(zone_of(a.org_no), booked_at) AS created_at, timezone(zone_of(a.org_no), booked_at) AS updated_at
FROM (
    SELECT *, shop_time(
        least(open_day(day - 1 - CAST(floor(fault * 12) AS INTEGER)), getvariable('until') - 2), 0.5, fate
    ) AS booked_at
    FROM draft.appointments
) AS a LEFT JOIN draft.people AS p USING (person_no)
UNION ALL
SELECT
    id, customer_id, branch_id, organization_id, appointment_date, TIME '11:30:00', 'eye_exam', status,
    created_at,
    created_at
FROM draft.odd_appointments
ORDER BY created_at, id, branch_id;

CREATE TABLE public.prescriptions AS
WITH written AS (
    -- The newest prescription of a customer is the current one.
    SELECT
        visit_no, person_no, branch_no, CAST(moment AS DATE) AS written_on,
        row_number() OVER (PARTITION BY person_no ORDER BY moment DESC, visit_no) AS age_rank
    FROM draft.visits WHERE kind = 'glasses' AND draw('exam', visit_no) < 0.45 AND moment <= local_end()
)

SELECT
    uuid_of('prescription', visit_no) AS id, customer_id, branch_id(w.branch_no) AS branch_id,
    written_on AS prescription_date, CAST(written_on + INTERVAL 1 YEAR AS DATE) AS expiration_date,
    age_rank = 1 AS is_current
FROM written AS w INNER JOIN draft.people USING (person_no)
ORDER BY prescription_date, id;
