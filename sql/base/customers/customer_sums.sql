-- ---
-- about = "What each customer's purchases come to, all of them up to as-of (metrics 7)."
-- internal = true
-- stored = "customer_sums"
-- ---
CREATE OR REPLACE TEMP TABLE customer_sums AS
SELECT *
FROM purchase_sums_at(CAST('infinity' AS TIMESTAMP));
