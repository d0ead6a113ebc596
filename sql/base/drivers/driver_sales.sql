-- ---
-- about = "The recognised sales of both windows that have money in the report's currency, each in one group (metrics 14)."
-- ---
CREATE OR REPLACE TEMP TABLE driver_sales AS
SELECT
    seen.place,
    purchase.customer_id,
    branch.code AS branch,
    purchase.channel,
    CASE
        WHEN purchase.customer_id IS NULL THEN 'unattributed'
        WHEN earliest.first_purchase >= seen.from_date THEN 'new'
        ELSE 'returning'
    END AS sale_group,
    purchase.money
FROM purchases AS purchase
INNER JOIN windows AS seen
    ON purchase.created_at >= seen.from_at AND purchase.created_at < seen.until_at AND purchase.local_at <= seen.cut
LEFT JOIN first_purchases AS earliest ON purchase.customer_id = earliest.customer_id
LEFT JOIN branches AS branch ON purchase.branch_id = branch.id
WHERE purchase.is_recognised AND purchase.money IS NOT NULL;

-- Sales and money of each branch or channel in both windows.
CREATE OR REPLACE TEMP MACRO driver_totals(dimension) AS TABLE
    SELECT
        CASE WHEN dimension = 'branch' THEN branch ELSE channel END AS key,
        count(*) FILTER (WHERE place = 2) AS sales_before,
        count(*) FILTER (WHERE place = 1) AS sales_now,
        coalesce(sum(money) FILTER (WHERE place = 2), 0) AS amount_before,
        coalesce(sum(money) FILTER (WHERE place = 1), 0) AS amount_now
    FROM driver_sales
    GROUP BY 1;
