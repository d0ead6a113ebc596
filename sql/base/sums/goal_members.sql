-- ---
-- about = "The branches with a goal for the month of a date; all of them are also the members of the total (metrics 18)."
-- internal = true
-- ---
CREATE OR REPLACE TEMP MACRO goal_members(of_branches, of_months, amounts, on_date) AS TABLE
    WITH
    goals AS (
        SELECT
            unnest(CAST(of_branches AS VARCHAR[])) AS branch_id,
            unnest(CAST(of_months AS VARCHAR[])) AS month,
            unnest(CAST(amounts AS VARCHAR[])) AS amount
    ),
    set_goals AS (
        SELECT
            branch.id AS branch_id,
            coalesce(branch.code, branch.name) AS branch,
            cents(CAST(goals.amount AS DECIMAL(18, 2))) AS goal,
            count(*) OVER () > 1 AND count(goals.amount) OVER () = count(*) OVER () AS has_every
        FROM branches AS branch
        LEFT JOIN goals ON CAST(branch.id AS VARCHAR) = goals.branch_id AND goals.month = strftime(on_date, '%Y-%m')
    )
    -- All together have a goal where every one has.
    SELECT CAST(branch_id AS VARCHAR) AS line, branch, branch_id, goal
    FROM set_goals
    WHERE goal IS NOT NULL
    UNION ALL
    SELECT 'total' AS line, 'total' AS branch, branch_id, goal
    FROM set_goals
    WHERE has_every;
