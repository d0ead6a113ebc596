-- ---
-- about = "Every customer with a reason to be contacted, and what the data say against it (metrics 15)."
-- internal = true
-- ---

-- Held back in this quarter: the first 32 bits of a hash of quarter and id.
CREATE OR REPLACE TEMP MACRO is_held_back(customer, day) AS (
    CAST(
        '0x' || left(md5(concat('opttius-hold|', year(day), '-Q', quarter(day), '|', CAST(customer AS VARCHAR))), 8)
        AS UBIGINT
    ) % 100 < getvariable('hold_back_pct')
);

CREATE OR REPLACE TEMP TABLE contact_candidates AS
WITH
reasons AS (
    SELECT *, list_position(service_reason_names(), reason) AS place, TRUE AS is_service, at_stake AS value
    FROM service_reasons
    UNION ALL
    SELECT
        *,
        list_position(sell_reason_names(), reason) AS place,
        FALSE AS is_service,
        small_money_per(at_stake * getvariable('chances')[list_position(sell_reason_names(), reason)], 100) AS value
    FROM sell_reasons
),
-- With a service reason the others are not spoken of.
kept AS (
    SELECT *
    FROM reasons
    QUALIFY is_service = bool_or(is_service) OVER (PARTITION BY customer_id)
),
-- Of services the first one is the row's reason, and all of it is its value; of the others the most valuable.
first_reasons AS (
    SELECT *
    FROM kept
    QUALIFY row_number() OVER (
        PARTITION BY customer_id ORDER BY CASE WHEN NOT is_service THEN value END DESC, place
    ) = 1
),
sums AS (
    SELECT
        customer_id,
        sum(value) AS value,
        list(reason ORDER BY place) AS every_reason
    FROM kept
    GROUP BY customer_id
),
chosen AS (
    SELECT
        first_reasons.*,
        CASE WHEN first_reasons.is_service THEN sums.value ELSE first_reasons.value END AS worth,
        sums.every_reason
    FROM first_reasons
    INNER JOIN sums ON first_reasons.customer_id = sums.customer_id
),
booked AS (
    SELECT DISTINCT customer_id
    FROM bookings
    WHERE status IN ('scheduled', 'confirmed') AND appointment_date >= getvariable('as_of_date')
),
in_work AS (
    SELECT DISTINCT customer_id
    FROM lab_work_orders
    WHERE
        NOT is_void_work_order(status, payment_status)
        AND work_order_stage(status) IN ('pending', 'ready') AND status <> 'quote'
        AND date_diff('day', CAST(local_at AS DATE), getvariable('as_of_date')) <= 180
)
SELECT
    chosen.customer_id,
    customer.branch_id,
    chosen.is_service,
    chosen.reason,
    chosen.since,
    chosen.at_stake,
    CAST(chosen.worth AS DECIMAL(18, 2)) AS value,
    list_filter(chosen.every_reason, lambda reason: reason <> chosen.reason) AS also,
    CASE
        WHEN NOT customer.is_active THEN 'inactive'
        WHEN customer.is_opted_out THEN 'opted_out'
        WHEN
            contact_channel(customer.preferred_contact_method, customer.phone, customer.email) IS NULL
            THEN 'no_contact'
        WHEN chosen.is_service THEN NULL
        WHEN booked.customer_id IS NOT NULL THEN 'booked'
        WHEN in_work.customer_id IS NOT NULL THEN 'work_order_open'
        WHEN figures.days_since < 60 THEN 'bought'
    END AS excluded,
    NOT chosen.is_service AND is_held_back(chosen.customer_id, getvariable('as_of_date')) AS is_held
FROM chosen
INNER JOIN known_customers AS customer ON chosen.customer_id = customer.id
INNER JOIN contact_figures AS figures ON chosen.customer_id = figures.customer_id
LEFT JOIN booked ON chosen.customer_id = booked.customer_id
LEFT JOIN in_work ON chosen.customer_id = in_work.customer_id;
