-- ---
-- about = "The list of a week: who of the candidates is listed, in which place, and why the others are left out (metrics 15)."
-- internal = true
-- ---

-- listed_before holds the ids of who was listed in an earlier week, less than 28 days ago.
CREATE OR REPLACE TEMP MACRO worklist_rows(listed_before) AS TABLE
    WITH
    judged AS (
        SELECT
            * EXCLUDE (excluded),
            coalesce(
                excluded,
                CASE
                    WHEN NOT is_service AND list_contains(listed_before, CAST(customer_id AS VARCHAR))
                        THEN 'listed_before'
                END
            ) AS excluded,
            CASE WHEN is_service THEN at_stake END AS served
        FROM contact_candidates
    ),
    -- How many places of the branch's capacity are taken before this row: those held back take none.
    walked AS (
        SELECT
            *,
            count(*) FILTER (WHERE NOT is_service AND NOT is_held) OVER (
                PARTITION BY branch_id
                ORDER BY is_service DESC, served DESC, value DESC, customer_id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS taken
        FROM judged
        WHERE excluded IS NULL
    ),
    decided AS (
        SELECT
            *,
            CASE
                WHEN NOT is_service AND taken >= getvariable('capacity') THEN 'over_capacity'
                WHEN is_held THEN 'held_back'
            END AS left_out
        FROM walked
    )
    SELECT
        customer_id, branch_id, reason, since, at_stake, value, also, left_out,
        CASE
            WHEN left_out IS NULL
                THEN row_number() OVER (
                    PARTITION BY branch_id, left_out
                    ORDER BY is_service DESC, served DESC, value DESC, customer_id
                )
        END AS rank
    FROM decided
    UNION ALL
    SELECT customer_id, branch_id, reason, since, at_stake, value, also, excluded AS left_out, NULL AS rank
    FROM judged
    WHERE excluded IS NOT NULL;
