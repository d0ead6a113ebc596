-- ---
-- about = "Lifecycle and RFM segment of every customer (metrics 8), over the purchases up to a local time."
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

CREATE OR REPLACE TEMP MACRO customer_segments_at(cutoff, on_date) AS TABLE
    WITH
    facts AS (
        SELECT *
        FROM customer_facts_at(cutoff, on_date)
    ),
    cuts AS (
        SELECT
            cut_points(list_sort(list(days_since_last_purchase))) AS recency,
            cut_points(list_sort(list(purchases))) AS frequency,
            cut_points(list_sort(list(total_spent))) AS money
        FROM facts
        WHERE purchases > 0
    ),
    -- Equal values share a score, whatever the row order.
    scored AS (
        SELECT
            facts.*,
            CASE WHEN facts.purchases > 0 THEN 5 - cut_points_below(facts.days_since_last_purchase, cuts.recency) END
                AS r_score,
            CASE WHEN facts.purchases > 0 THEN 1 + cut_points_below(facts.purchases, cuts.frequency) END AS f_score,
            CASE WHEN facts.purchases > 0 THEN 1 + cut_points_below(facts.total_spent, cuts.money) END AS m_score
        FROM facts
        CROSS JOIN cuts
    )
    SELECT
        *,
        lifecycle_of(purchases, days_since_last_purchase, total_spent) AS segment,
        CAST(r_score * 100 + f_score * 10 + m_score AS VARCHAR) AS rfm_score,
        rfm_segment_of(r_score, (f_score + m_score + 1) // 2) AS rfm_segment
    FROM scored;
