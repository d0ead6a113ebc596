-- ---
-- about = "The customers in each segment of a scheme on a date, and how many joined and left since an earlier time (metrics 8)."
-- ---

CREATE OR REPLACE TEMP MACRO segment_in(scheme, lifecycle, rfm) AS (CASE WHEN scheme = 'rfm' THEN rfm ELSE lifecycle END);

CREATE OR REPLACE TEMP MACRO segments_of(scheme) AS (
    CASE WHEN scheme = 'rfm' THEN rfm_segments() ELSE lifecycle_segments() END
);

-- What each customer is and was, by both schemes.
CREATE OR REPLACE TEMP MACRO customer_standings(on_date, before_cutoff, before_date) AS TABLE
    WITH
    -- What was at stake: the money of the year that ended then.
    spent AS (
        SELECT customer_id, sum(money) AS money
        FROM purchases
        WHERE
            is_recognised AND customer_id IS NOT NULL
            -- Without an earlier time both are NULL, which has no type of its own.
            AND local_date >= CAST(before_date AS DATE) - 364 AND local_at <= CAST(before_cutoff AS TIMESTAMP)
        GROUP BY customer_id
    )
    -- A customer without an earlier segment did not exist then; customers never cease to exist.
    SELECT
        now.customer_id,
        now.segment AS lifecycle,
        now.rfm_segment AS rfm,
        before.segment AS previous_lifecycle,
        before.rfm_segment AS previous_rfm,
        now.purchases,
        now.total_spent,
        now.days_since_last_purchase,
        coalesce(spent.money, 0) AS spent_year_before
    FROM customer_segments_at(CAST('infinity' AS TIMESTAMP), on_date) AS now
    LEFT JOIN customer_segments_at(before_cutoff, before_date) AS before ON now.customer_id = before.customer_id
    LEFT JOIN spent ON now.customer_id = spent.customer_id;

CREATE OR REPLACE TEMP MACRO segment_movement(scheme, on_date, before_cutoff, before_date) AS TABLE
    WITH
    moved AS (
        SELECT
            segment_in(scheme, lifecycle, rfm) AS segment,
            segment_in(scheme, previous_lifecycle, previous_rfm) AS previous_segment,
            purchases,
            total_spent
        FROM customer_standings(on_date, before_cutoff, before_date)
    ),
    held AS (
        SELECT
            segment,
            count(*) AS customers,
            sum(purchases) AS purchases,
            sum(total_spent) AS total_spent,
            count(*) FILTER (WHERE previous_segment IS DISTINCT FROM segment) AS joined
        FROM moved
        GROUP BY segment
    ),
    held_before AS (
        SELECT
            previous_segment,
            count(*) AS customers,
            count(*) FILTER (WHERE previous_segment IS DISTINCT FROM segment) AS departed
        FROM moved
        WHERE previous_segment IS NOT NULL
        GROUP BY previous_segment
    ),
    -- Every segment has a row, empty segments too.
    named AS (
        SELECT unnest(segments_of(scheme)) AS segment, generate_subscripts(segments_of(scheme), 1) AS place
    ),
    whole AS (
        SELECT sum(customers) AS customers, sum(total_spent) AS total_spent
        FROM held
    )
    SELECT
        named.place,
        named.segment,
        coalesce(held.customers, 0) AS customers,
        percent_of(coalesce(held.customers, 0), whole.customers) AS customers_pct,
        coalesce(held.purchases, 0) AS purchases,
        coalesce(held.total_spent, 0) AS total_spent,
        percent_of(coalesce(held.total_spent, 0), whole.total_spent) AS spent_pct,
        money_per(held.total_spent, held.customers) AS average_lifetime_value,
        CASE WHEN before_date IS NOT NULL THEN coalesce(held_before.customers, 0) END AS previous_customers,
        CASE WHEN before_date IS NOT NULL THEN coalesce(held.joined, 0) END AS joined,
        CASE WHEN before_date IS NOT NULL THEN coalesce(held_before.departed, 0) END AS departed
    FROM named
    LEFT JOIN held ON named.segment = held.segment
    LEFT JOIN held_before ON named.segment = held_before.previous_segment
    CROSS JOIN whole;
