-- Quotes: those that became glasses, and the many that did not.
CREATE TABLE draft.quotes AS
WITH converted AS (
    -- Asked for some days before the glasses were ordered, at the price that was then paid.
    SELECT
        visit_no AS key, person_no, org_no, branch_no, total, visit_no,
        least(
            shop_time(
                open_day(moment - to_days(CAST(floor(pow(draw('quote lead', visit_no), 2) * 13) AS INTEGER))),
                draw('quote hour', visit_no), draw('quote second', visit_no)
            ),
            moment - INTERVAL 30 MINUTE
        ) AS moment
    FROM draft.lab WHERE draw('quoted', visit_no) < 0.2
),

others AS (
    -- People who only asked: four in ten customers once, at any time after they became customers.
    SELECT
        -person_no AS key, person_no, org_no, branch_no,
        (6 + CAST(floor(pow(draw('quote amount', person_no), 1.6) * 36) AS BIGINT)) * 10000 - 10 AS total,
        CAST(NULL AS BIGINT) AS visit_no,
        shop_time(day, draw('quote hour', person_no), draw('quote second', -person_no)) AS moment
    FROM draft.people INNER JOIN draft.slots
        ON slot = CAST(floor((start + (1 - start) * draw('asked', person_no)) * getvariable('slot_count'))
            AS BIGINT)
    WHERE draw('asks', person_no) < 0.5 AND day >= first_day()
)

SELECT
    *, draw('quote fate', key) AS fate, draw('quote fault', key) AS fault,
    CAST(moment AS DATE) + 30 AS expires_on
FROM (SELECT * FROM converted UNION ALL SELECT * FROM others) AS q
WHERE moment <= local_end();

CREATE TABLE public.quotes AS
WITH worded AS (
    -- A quote for glasses that were ordered is converted; the others end in different ways.
    SELECT
        q.*, p.customer_id,
        CASE
            WHEN fault < 0.002 THEN NULL WHEN fault < 0.004 THEN 'revisar'
            WHEN visit_no IS NOT NULL THEN 'converted_to_work'
            WHEN fate < 0.10 THEN 'accepted' WHEN fate < 0.34 THEN 'rejected'
            -- Nobody closes old quotes: one in three past its date is still stored as sent or draft.
            WHEN expires_on < getvariable('until') AND fate < 0.76 THEN 'expired'
            WHEN fate < 0.84 THEN 'draft' ELSE 'sent'
        END AS status
    FROM draft.quotes AS q INNER JOIN draft.people AS p USING (person_no)
)

SELECT
    uuid_of('quote', key) AS id, customer_id,
    concat('COT-', lpad(CAST(row_number() OVER (ORDER BY moment, key) AS VARCHAR), 6, '0')) AS quote_number,
    CASE WHEN fault BETWEEN 0.004 AND 0.006 THEN NULL ELSE branch_id(branch_no) END AS branch_id,
    CASE WHEN draw('quote organization', key) < 0.45 AND fault > 0.006 THEN NULL
        ELSE organization_id(org_no) END
        AS organization_id,
    status, CAST(CASE WHEN fault BETWEEN 0.006 AND 0.01 THEN NULL ELSE total END AS DECIMAL(12, 2))
        AS total_amount,
    CASE WHEN fault BETWEEN 0.01 AND 0.02 THEN NULL WHEN fault BETWEEN 0.02 AND 0.026 THEN 'ARS'
        ELSE 'CLP' END
        AS currency,
    CASE WHEN fault BETWEEN 0.03 AND 0.06 THEN NULL ELSE expires_on END AS expiration_date,
    CASE WHEN status <> 'draft' THEN timezone(zone_of(org_no), moment + INTERVAL 25 MINUTE) END AS sent_at,
    CASE WHEN status = 'converted_to_work' THEN uuid_of('work order', visit_no) END
        AS converted_to_work_order_id,
    timezone(zone_of(org_no), moment) AS created_at,
    timezone(zone_of(org_no), moment + INTERVAL 25 MINUTE) AS updated_at
FROM worded
UNION ALL
SELECT
    id, customer_id, quote_number, branch_id, organization_id, status, total_amount, currency,
    expiration_date, NULL,
    converted_to_work_order_id, created_at, created_at
FROM draft.odd_quotes
ORDER BY created_at, id, branch_id;
