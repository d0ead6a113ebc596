-- ---
-- about = "What each customer of a past date was expected to buy, and bought in the 364 days after it and before (metrics 11)."
-- internal = true
-- ---
CREATE OR REPLACE TEMP MACRO backtest_rows(cutoff, curve) AS TABLE
    WITH
    bought AS (
        SELECT
            customer_id,
            count(*) FILTER (WHERE local_date > cutoff) AS purchases,
            coalesce(sum(money) FILTER (WHERE local_date > cutoff), 0) AS spent,
            count(*) FILTER (WHERE local_date > cutoff - 364 AND local_date <= cutoff) AS purchases_before,
            coalesce(sum(money) FILTER (WHERE local_date > cutoff - 364 AND local_date <= cutoff), 0) AS spent_before
        FROM occasions
        GROUP BY customer_id
    )
    SELECT
        predicted.*,
        bought.* EXCLUDE (customer_id),
        ntile(10) OVER (ORDER BY predicted.expected_spent DESC, CAST(predicted.customer_id AS VARCHAR)) AS decile
    FROM predictions(cutoff, curve) AS predicted
    INNER JOIN bought ON predicted.customer_id = bought.customer_id;
