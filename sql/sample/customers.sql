-- Customers as the app stores them: optional and shared contact data, typed in many ways.
CREATE TABLE public.customers AS
WITH met AS (
    -- The shop registers a customer minutes before the first sale.
    SELECT person_no, min(moment) AS first_moment
    FROM draft.visits
    WHERE person_no IS NOT NULL
    GROUP BY person_no
),

booked AS (
    -- People who ask for a quote or an appointment before buying are registered then.
    SELECT customer_id, min(created_at) AS first_booked
    FROM (
        SELECT customer_id, created_at FROM public.quotes
        UNION ALL
        SELECT customer_id, created_at FROM public.appointments
    ) AS b
    GROUP BY customer_id
),

examined AS (
    -- The app stores the last exam on the customer.
    SELECT customer_id, max(prescription_date) AS last_exam FROM public.prescriptions GROUP BY customer_id
),

described AS (
    -- One random draw for each value that may be missing or written differently.
    SELECT
        p.*, last_exam, first_booked, draw('contact', p.person_no) AS contact,
        draw('phone', p.person_no) AS phone_chance,
        draw('phone form', p.person_no) AS phone_form,
        -- Where customers are lost, most households give one number for all of them.
        lpad(CAST(CAST(floor(draw('phone number', CASE
            WHEN draw('own phone', p.person_no) < 0.6 THEN p.family_no
            ELSE p.person_no
        END) * 10000000) AS BIGINT) AS VARCHAR), 7, '0') AS digits,
        CASE WHEN CAST(first_moment AS DATE) = p.first_day THEN first_moment
            - to_seconds(120 + CAST(floor(draw('desk', p.person_no) * 600) AS INTEGER))
            ELSE shop_time(p.first_day, draw('first hour', p.person_no), draw('desk', p.person_no)) END
                AS met_at
    FROM draft.people AS p LEFT JOIN met USING (person_no) LEFT JOIN examined USING (customer_id)
    LEFT JOIN booked USING (customer_id)
),

entered AS (
    -- Whichever came first: the sale, or what was booked before it.
    SELECT *, least(timezone(zone_of(org_no), met_at), first_booked - INTERVAL 4 MINUTE) AS entered_at
    FROM described
)

SELECT
    customer_id AS id, branch_id(branch_no) AS branch_id,
    CASE WHEN contact < 0.02 THEN NULL ELSE organization_id(org_no) END AS organization_id,
    given_name(person_no) AS first_name,
    CASE WHEN contact > 0.1 THEN concat(paternal_name(family_no), ' ', maternal_name(person_no))
        ELSE paternal_name(family_no) END AS last_name,
    email,
    CASE
        -- In Chile nobody has a mobile number that begins with 9 0.
        WHEN phone_chance < 0.08 THEN NULL WHEN phone_form < 0.6 THEN concat('+5690', digits)
        WHEN phone_form < 0.85 THEN concat('+56 9 0', digits[1:3], ' ', digits[4:7]) ELSE concat('90', digits)
    END AS phone,
    rut_of(person_no) AS rut,
    CASE WHEN contact BETWEEN 0.2 AND 0.205 THEN NULL
        ELSE contact NOT BETWEEN 0.205 AND 0.245 END AS is_active,
    entered_at AS created_at, entered_at + INTERVAL 9 MINUTE AS updated_at,
    last_exam AS last_eye_exam_date, CAST(last_exam + INTERVAL 1 YEAR AS DATE) AS next_eye_exam_due,
    CASE WHEN contact < 0.5 THEN 'whatsapp' WHEN contact < 0.7 THEN 'phone'
        WHEN contact < 0.85 AND email IS NOT NULL
        THEN 'email' END AS preferred_contact_method,
    CASE WHEN contact < 0.8 THEN CAST([] AS VARCHAR[]) WHEN contact < 0.88 THEN ['convenio']
        WHEN contact < 0.92
        THEN ['vip', 'familia'] WHEN profile = 'contacts' THEN ['lentes de contacto'] END AS tags
FROM entered
UNION ALL
SELECT
    id, branch_id, organization_id, first_name, last_name, email, phone, rut, is_active, created_at,
    updated_at, NULL,
    NULL, NULL, tags
FROM draft.odd_customers
ORDER BY created_at, id, branch_id, updated_at;
