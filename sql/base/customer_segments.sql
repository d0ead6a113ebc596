-- ---
-- about = "Lifecycle and RFM segment of every customer (metrics 8), over the purchases up to a local moment."
-- ---

CREATE OR REPLACE TEMP MACRO lifecycle_of(purchases, days_since, spent) AS (
    CASE
        WHEN purchases >= 1 AND days_since > getvariable('at_risk_days') THEN 'at-risk'
        WHEN purchases > getvariable('vip_purchases') OR spent >= getvariable('vip_min_spent') THEN 'vip'
        WHEN purchases > getvariable('regular_purchases') THEN 'regular'
        WHEN purchases >= 1 THEN 'first-time'
        ELSE 'new'
    END
);

-- The table of metrics 8; fm is floor((F + M + 1) / 2).
CREATE OR REPLACE TEMP MACRO rfm_segment_of(r, fm) AS (
    CASE
        WHEN r IS NULL THEN 'prospect'
        WHEN fm = 5 THEN CASE WHEN r >= 4 THEN 'champions' WHEN r = 3 THEN 'loyal' ELSE 'cant-lose' END
        WHEN fm = 4 THEN CASE WHEN r = 5 THEN 'champions' WHEN r >= 3 THEN 'loyal' ELSE 'at-risk' END
        WHEN fm = 3 AND r >= 4 THEN 'potential-loyal'
        WHEN fm = 3 THEN CASE WHEN r = 3 THEN 'needs-attention' ELSE 'at-risk' END
        WHEN r = 1 THEN 'lost'
        WHEN r = 2 THEN 'hibernating'
        WHEN r = 3 THEN 'about-to-sleep'
        WHEN fm = 2 THEN 'potential-loyal'
        WHEN r = 5 THEN 'new-customer'
        ELSE 'promising'
    END
);

-- How many of the 20/40/60/80 % quantiles (type 7) lie below a value, from its rank among n. With linear
-- interpolation the quantile k lies between the sorted values number floor(k (n - 1) / 5) and the next,
-- and no value lies strictly between those two: so a value is above it exactly when it is above the first
-- of the two, that is, when more than floor(k (n - 1) / 5) values are smaller. Whole numbers only.
CREATE OR REPLACE TEMP MACRO cut_points_below(place, n) AS (
    CAST(place - 1 > (n - 1) // 5 AS INTEGER)
    + CAST(place - 1 > 2 * (n - 1) // 5 AS INTEGER)
    + CAST(place - 1 > 3 * (n - 1) // 5 AS INTEGER)
    + CAST(place - 1 > 4 * (n - 1) // 5 AS INTEGER)
);

CREATE OR REPLACE TEMP MACRO customer_segments_at(cutoff, on_date) AS TABLE
WITH
facts AS (
    SELECT *
    FROM customer_facts_at(cutoff, on_date)
),
-- rank() gives equal values the same place, whatever the row order.
placed AS (
    SELECT
        customer_id,
        5 - cut_points_below(rank() OVER (ORDER BY days_since_last_purchase), count(*) OVER ()) AS r_score,
        1 + cut_points_below(rank() OVER (ORDER BY purchases), count(*) OVER ()) AS f_score,
        1 + cut_points_below(rank() OVER (ORDER BY total_spent), count(*) OVER ()) AS m_score
    FROM facts
    WHERE purchases > 0
)
SELECT
    facts.*,
    lifecycle_of(facts.purchases, facts.days_since_last_purchase, facts.total_spent) AS segment,
    placed.r_score,
    placed.f_score,
    placed.m_score,
    CAST(placed.r_score * 100 + placed.f_score * 10 + placed.m_score AS VARCHAR) AS rfm_score,
    rfm_segment_of(placed.r_score, (placed.f_score + placed.m_score + 1) // 2) AS rfm_segment
FROM facts
LEFT JOIN placed ON facts.customer_id = placed.customer_id;
