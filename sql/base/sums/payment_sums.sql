-- ---
-- about = "The payments of the window by method, of orders that count and in the report's currency, less the change handed back (metrics 6)."
-- optional = true
-- uses = "counted_payments"
-- ---
CREATE OR REPLACE TEMP TABLE payment_sums AS
SELECT
    method,
    count(*) AS payments,
    sum(amount - change) AS amount,
    count(DISTINCT order_id) FILTER (WHERE change > 0) AS orders_with_change,
    sum(change) AS change
FROM counted_payments
GROUP BY method;
