-- ---
-- about = "What each customer is expected to buy in the 364 days after a date: a curve of the model, at the customer's own level (metrics 11)."
-- internal = true
-- ---

-- What each occasion brought for each peso that the curve expects of it.
CREATE OR REPLACE TEMP MACRO spending_ratios(cutoff, curve) AS TABLE
    WITH
    tickets AS (
        SELECT
            unnest(
                from_json(curve, '{"tickets": [{"pace": "BIGINT", "band": "BIGINT", "money": "DOUBLE"}]}').tickets,
                max_depth := 2
            )
    ),
    compared AS (
        SELECT spell.customer_id, spell.next_money AS money, tickets.money AS expected
        FROM spells(cutoff) AS spell
        INNER JOIN tickets ON spell.pace = tickets.pace AND band_of(spell.gap) = tickets.band
        UNION ALL
        SELECT customer_id, money, CAST(from_json(curve, '{"opening": "DOUBLE"}').opening AS DOUBLE) AS expected
        FROM spells(cutoff)
        WHERE place = 1
    )
    SELECT customer_id, TRY_CAST(CAST(money AS DOUBLE) / expected AS DECIMAL(38, 6)) AS ratio
    FROM compared
    WHERE money IS NOT NULL AND expected > 0;

-- Credibility: the more a customer's ratios are worth beside those of all, the more they count.
CREATE OR REPLACE TEMP MACRO spending_levels(cutoff, curve) AS TABLE
    WITH
    ratios AS (
        SELECT customer_id, ratio
        FROM spending_ratios(cutoff, curve)
        WHERE ratio IS NOT NULL
    ),
    means AS (
        SELECT customer_id, count(*) AS n, CAST(sum(ratio) AS DOUBLE) / count(*) AS mean
        FROM ratios
        GROUP BY customer_id
    ),
    whole AS (
        SELECT count(*) AS ratios, CAST(sum(ratio) AS DOUBLE) / count(*) AS mean
        FROM ratios
    ),
    -- Doubles are added in the order of their size, and each customer's sum is rounded before it is added to others.
    within_each AS (
        SELECT
            ratios.customer_id,
            TRY_CAST(
                sum((ratios.ratio - means.mean) * (ratios.ratio - means.mean) ORDER BY ratios.ratio) AS DECIMAL(38, 6)
            ) AS apart
        FROM ratios
        INNER JOIN means ON ratios.customer_id = means.customer_id
        GROUP BY ratios.customer_id
    ),
    within_all AS (
        SELECT CAST(sum(apart) AS DOUBLE) AS apart
        FROM within_each
    ),
    between_all AS (
        SELECT
            count(*) AS customers,
            CAST(sum(means.n * means.n) AS DOUBLE) AS squares,
            CAST(
                sum(TRY_CAST(means.n * (means.mean - whole.mean) * (means.mean - whole.mean) AS DECIMAL(38, 6))) AS DOUBLE
            ) AS apart
        FROM means
        CROSS JOIN whole
    ),
    variances AS (
        SELECT
            whole.mean AS mean_of_all,
            within_all.apart / nullif(whole.ratios - between_all.customers, 0) AS of_each,
            (
                between_all.apart
                - (between_all.customers - 1) * (within_all.apart / nullif(whole.ratios - between_all.customers, 0))
            )
            / nullif(whole.ratios - between_all.squares / whole.ratios, 0) AS of_all
        FROM whole
        CROSS JOIN within_all
        CROSS JOIN between_all
    )
    SELECT
        means.customer_id,
        least(
            4, greatest(
                0.25,
                1 + means.n / (means.n + variances.of_each / variances.of_all) * (means.mean / variances.mean_of_all - 1)
            )
        ) AS level
    FROM means
    CROSS JOIN variances
    WHERE variances.of_all > 0 AND variances.mean_of_all > 0;

CREATE OR REPLACE TEMP MACRO predictions(cutoff, curve) AS TABLE
    WITH
    expected AS (
        SELECT
            unnest(
                from_json(
                    curve,
                    '{"silent": [{"pace": "BIGINT", "count_class": "BIGINT", "days": "BIGINT", "purchases": "DOUBLE",
                    "chance": "DOUBLE", "money": "DOUBLE"}]}'
                ).silent,
                max_depth := 2
            )
    )
    SELECT
        spell.customer_id,
        CAST(expected.purchases AS DECIMAL(18, 3)) AS expected_purchases,
        CAST(expected.chance AS DECIMAL(18, 2)) AS probability_pct,
        CAST(expected.money * coalesce(levels.level, 1) AS DECIMAL(18, 2)) AS expected_spent
    FROM spells(cutoff) AS spell
    INNER JOIN expected
        ON spell.pace = expected.pace AND spell.count_class = expected.count_class AND spell.days = expected.days
    LEFT JOIN spending_levels(cutoff, curve) AS levels ON spell.customer_id = levels.customer_id
    WHERE spell.gap IS NULL;
