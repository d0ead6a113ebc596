-- ---
-- about = "Customers with a purchase in the last local dates, 365 unless segments.active_days says otherwise (metrics 6)."
-- orders_from = "active_from"
-- ---
CREATE OR REPLACE TEMP TABLE active_customers AS
SELECT DISTINCT customer_id
FROM (
    SELECT customer_id
    FROM every_order
    WHERE NOT is_void AND created_at >= getvariable('active_from')
    UNION ALL
    SELECT customer_id
    FROM every_work_order
    WHERE is_purchase(is_void, is_quote, is_linked) AND created_at >= getvariable('active_from')
) AS bought
WHERE customer_id IS NOT NULL;
