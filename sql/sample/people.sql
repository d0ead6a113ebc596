-- The customers as people: family, branch, habits, contact data. Nothing here is a column of the app yet.
CREATE TABLE draft.people AS
WITH families AS (
    -- Five consecutive customers are, by the draw, five strangers, or a family of up to four and others.
    SELECT
        n AS person_no,
        n - n % 5 + pick(
            [[0, 1, 2, 3, 4], [0, 1, 2, 3, 4], [0, 0, 2, 3, 4], [0, 0, 0, 3, 3], [0, 0, 0, 0, 4]],
            draw('family', n // 5)
        )[1 + CAST(n % 5 AS INTEGER)] AS family_no
    FROM range(1, getvariable('customers') + 1) AS t(n)
),

homes AS (
    -- A family goes to one shop; about one customer in sixteen belongs to the small organization.
    SELECT person_no, family_no, CASE WHEN draw('organization', family_no) < 0.065 THEN 2 ELSE 1 END AS org_no
    FROM families
),

habits AS (
    -- start is the first visit's position in the five years: some customers are older than the three years of sales.
    -- Half the families come together the first time.
    SELECT
        *,
        pick(
            CASE WHEN org_no = 2 THEN getvariable('small_branches') ELSE getvariable('chain_branches') END,
            draw('home branch', family_no)
        ) AS branch_no,
        pick(
            getvariable('profiles'), draw('profile', person_no)
        ) AS profile,
        0.2 + 0.8 * draw('start', CASE WHEN draw('together', family_no) < 0.5 THEN -family_no ELSE person_no END)
            AS start
    FROM homes
)

SELECT
    person_no, family_no, org_no, branch_no, profile, start, uuid_of('customer', person_no) AS customer_id,
    CASE
        WHEN draw('email', person_no) < 0.26 THEN NULL
        -- A few give the email of the family's eldest: two customers, one email.
        WHEN person_no <> family_no AND draw('shared', person_no) < 0.16 THEN email_of(family_no, family_no)
        ELSE email_of(person_no, family_no)
    END AS email,
    open_day(slots.day) AS first_day
FROM habits INNER JOIN draft.slots
    ON draft.slots.slot = CAST(floor(habits.start * getvariable('slot_count')) AS BIGINT);
