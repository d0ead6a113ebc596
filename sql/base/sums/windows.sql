-- ---
-- about = "The windows of an answer (metrics 2): 1 the period, 2 the one before it, where there is one."
-- internal = true
-- ---
CREATE OR REPLACE TEMP VIEW windows AS
SELECT
    1 AS place,
    getvariable('from_at') AS from_at,
    getvariable('until_at') AS until_at,
    CAST('infinity' AS TIMESTAMP) AS cut,
    getvariable('from_date') AS from_date,
    getvariable('to_date') AS to_date
-- On its last date it ends at as-of's wall-clock time when the period is not over.
UNION ALL
SELECT
    2 AS place,
    CAST(getvariable('previous_from_at') AS TIMESTAMPTZ) AS from_at,
    CAST(getvariable('previous_until_at') AS TIMESTAMPTZ) AS until_at,
    CAST(getvariable('previous_until') AS TIMESTAMP) AS cut,
    CAST(getvariable('previous_from') AS DATE) AS from_date,
    CAST(getvariable('previous_to') AS DATE) AS to_date
WHERE getvariable('previous_from') IS NOT NULL;
