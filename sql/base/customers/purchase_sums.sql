-- ---
-- about = "What each customer's purchases up to a local time come to (metrics 7)."
-- internal = true
-- ---
CREATE OR REPLACE TEMP MACRO purchase_sums_at(cutoff) AS TABLE
    -- Purchases in other currencies count as purchases and sales, but never as money.
    SELECT
        customer_id,
        count(*) AS purchases,
        count(*) FILTER (WHERE is_recognised) AS recognised_sales,
        coalesce(sum(money) FILTER (WHERE is_recognised), 0) AS total_spent,
        count(money) FILTER (WHERE is_recognised) AS sales_in_currency,
        min(local_date) AS first_purchase,
        max(local_date) AS last_purchase,
        -- Costs nothing where it is not asked for; a count of distinct dates would.
        list_unique(list(local_date)) AS purchase_dates
    FROM purchases
    WHERE customer_id IS NOT NULL AND local_at <= cutoff
    GROUP BY customer_id;
