-- ---
-- about = "Where each customer is and was in the segmentation that is explained; nobody where none is."
-- internal = true
-- optional = true
-- uses = "segment_movement"
-- ---
CREATE OR REPLACE TEMP TABLE explained_segments AS
SELECT
    customer_id,
    purchases,
    total_spent,
    days_since_last_purchase,
    segment,
    previous_segment
FROM
    segment_moves(
        getvariable('explained_scheme'),
        getvariable('as_of_date'),
        CAST(getvariable('previous_until') AS TIMESTAMP),
        CAST(getvariable('previous_to') AS DATE)
    )
WHERE getvariable('explained_scheme') IS NOT NULL;
