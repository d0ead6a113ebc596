-- ---
-- about = "Where each customer is and was in the segmentation that is explained; nobody where none is."
-- internal = true
-- ---
CREATE OR REPLACE TEMP TABLE explained_segments AS
SELECT
    customer_id,
    purchases,
    total_spent,
    days_since_last_purchase,
    segment,
    previous_segment
FROM moves_in(getvariable('explained_scheme'))
WHERE getvariable('explained_scheme') IS NOT NULL;
