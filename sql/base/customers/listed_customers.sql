-- ---
-- about = "The customers that the filters of a list leave, each with the figures that the list shows (metrics 7 and 8)."
-- ---
CREATE OR REPLACE TEMP MACRO listed_customers(sought, wanted_segment, scheme, only_inactive, on_date, active_day) AS TABLE
    WITH
    known AS (
        SELECT
            CAST(facts.customer_id AS VARCHAR) AS customer_id,
            branch.code AS branch,
            customer_name(customer.first_name, customer.last_name) AS name,
            customer.email,
            customer.phone,
            customer.rut,
            customer.created_at,
            local_day(customer.created_at) AS created,
            facts.purchases,
            facts.total_spent AS lifetime_value,
            facts.last_purchase,
            facts.days_since_last_purchase,
            facts.segment,
            facts.rfm_segment
        FROM customer_segments_at(CAST('infinity' AS TIMESTAMP), on_date) AS facts
        INNER JOIN customers AS customer ON facts.customer_id = customer.id
        LEFT JOIN branches AS branch ON customer.branch_id = branch.id
    )
    SELECT *
    FROM known
    -- Searching is without regard to case and accents, and for a RUT or phone without regard to punctuation.
    WHERE
        (
            sought IS NULL
            OR contains(search_key(name), search_key(sought))
            OR contains(search_key(email), search_key(sought))
            OR (length(digits_of(sought)) >= 3 AND contains(digits_of(phone), digits_of(sought)))
            OR (length(rut_key(sought)) >= 4 AND contains(rut_key(rut), rut_key(sought)))
        )
        -- A word may be of both schemes.
        AND (
            wanted_segment IS NULL OR wanted_segment = CASE WHEN scheme = 'rfm' THEN rfm_segment ELSE segment END
        )
        AND (NOT only_inactive OR coalesce(last_purchase < active_day, TRUE));
