-- ---
-- about = "The cut points of RFM scores: quantiles of sorted values (metrics 8)."
-- ---
-- The 20/40/60/80 % quantiles of n sorted values, as far as scores need them. With linear interpolation
-- (type 7) the quantile k/5 lies between value number floor(k (n - 1) / 5), counted from 0, and the next, and
-- no value lies strictly between those two. So a value is above the quantile exactly when it is above the
-- first of the two. That value is used here, so no fraction is ever computed.
CREATE OR REPLACE TEMP MACRO cut_points(sorted) AS (
    [
        sorted[1 + (array_length(sorted) - 1) // 5],
        sorted[1 + 2 * (array_length(sorted) - 1) // 5],
        sorted[1 + 3 * (array_length(sorted) - 1) // 5],
        sorted[1 + 4 * (array_length(sorted) - 1) // 5]
    ]
);

CREATE OR REPLACE TEMP MACRO cut_points_below(value, cuts) AS (
    CAST(value > cuts[1] AS INTEGER) + CAST(value > cuts[2] AS INTEGER)
    + CAST(value > cuts[3] AS INTEGER) + CAST(value > cuts[4] AS INTEGER)
);
