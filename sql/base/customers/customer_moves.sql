-- ---
-- about = "Where each customer is at as-of, and was at the end of the previous window, by both schemes (metrics 13): worked out once for all reports of an answer."
-- internal = true
-- ---
CREATE OR REPLACE TEMP TABLE customer_moves AS
SELECT *
FROM
    customer_standings(
        getvariable('as_of_date'),
        CAST(getvariable('previous_until') AS TIMESTAMP),
        CAST(getvariable('previous_to') AS DATE)
    );

CREATE OR REPLACE TEMP MACRO moves_in(scheme) AS TABLE
    SELECT
        customer_id,
        segment_in(scheme, lifecycle, rfm) AS segment,
        segment_in(scheme, previous_lifecycle, previous_rfm) AS previous_segment,
        list_position(segments_of(scheme), segment_in(scheme, lifecycle, rfm)) AS place,
        list_position(segments_of(scheme), segment_in(scheme, previous_lifecycle, previous_rfm)) AS previous_place,
        purchases,
        total_spent,
        days_since_last_purchase,
        spent_year_before
    FROM customer_moves;
