-- ---
-- about = "When each customer bought first, paid or not, over all purchases up to as-of (metrics 14)."
-- ---
CREATE OR REPLACE TEMP TABLE first_purchases AS
SELECT customer_id, min(bought_on) AS first_purchase
FROM (
    SELECT customer_id, local_date AS bought_on
    FROM every_order
    WHERE customer_id IS NOT NULL AND NOT is_void
    UNION ALL
    SELECT customer_id, local_date AS bought_on
    FROM every_work_order
    WHERE customer_id IS NOT NULL AND is_purchase(is_void, is_quote, is_linked)
) AS bought
GROUP BY customer_id;
