-- ---
-- about = "The spells that occasions open, as far as they are known on a date, with the customer's state (metrics 11)."
-- internal = true
-- ---

-- The pace of purchases after so many of them: how long the days from the first one are for their number.
CREATE OR REPLACE TEMP MACRO pace_of(span, place) AS (
    CASE
        WHEN place > 1
            THEN
                1
                + CAST(span > 84 * (place - 1) AS INTEGER) + CAST(span > 196 * (place - 1) AS INTEGER)
                + CAST(span > 364 * (place - 1) AS INTEGER) + CAST(span > 560 * (place - 1) AS INTEGER)
        ELSE 0
    END
);

CREATE OR REPLACE TEMP MACRO count_class_of(place) AS (CASE WHEN place >= 5 THEN 2 WHEN place >= 3 THEN 1 ELSE 0 END);

CREATE OR REPLACE TEMP MACRO band_of(gap) AS (
    CAST(gap >= 3 AS INTEGER) + CAST(gap >= 7 AS INTEGER) + CAST(gap >= 13 AS INTEGER) + CAST(gap >= 20 AS INTEGER)
);

-- gap and what the next occasion brought are null where there was none up to the cutoff.
CREATE OR REPLACE TEMP MACRO spells(cutoff) AS TABLE
    SELECT
        customer_id,
        place,
        money,
        pace_of(date_diff('day', first_date, local_date), place) AS pace,
        count_class_of(place) AS count_class,
        date_diff('day', local_date, cutoff) AS days,
        date_diff('day', local_date, cutoff) // 28 AS seen,
        CASE WHEN next_date <= cutoff THEN (date_diff('day', local_date, next_date) - 1) // 28 END AS gap,
        CASE WHEN next_date <= cutoff THEN next_money END AS next_money,
        pace_of(date_diff('day', first_date, next_date), place + 1) AS next_pace,
        count_class_of(place + 1) AS next_class
    FROM occasions
    WHERE local_date <= cutoff;
