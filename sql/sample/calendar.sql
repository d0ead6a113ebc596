-- When an optical shop sells: days of five years as trading slots, and the hours of a day.
CREATE TABLE draft.slots AS
WITH days AS (
    -- Five years, so that customers may be older than the three years of sales; some days past the end,
    -- because real exports hold rows later than the report's date.
    SELECT CAST(getvariable('until') - INTERVAL 5 YEAR AS DATE) + CAST(d AS INTEGER) AS day
    FROM range(1, 1835) AS t(d)
),

weekdays AS (
    -- From Monday to Friday trade grows, and towards pay day; Saturday is half a day; Sunday is closed.
    SELECT day, strftime(day, '%m-%d') AS month_day, [9, 9, 9, 10, 12, 7, 0][isodow(day)] AS weight
    FROM days
),

seasons AS (
    -- School starts in March, gifts are bought in December, in February people are on holiday, and in
    -- the week of 18 September it celebrates. Shops must close on the five days that the law calls
    -- irrenunciable.
    SELECT
        day,
        weight * CASE
            WHEN month_day IN ('01-01', '05-01', '09-18', '09-19', '12-25') THEN 0
            WHEN month_day BETWEEN '09-15' AND '09-21' THEN 45
            WHEN month_day BETWEEN '12-01' AND '12-24' THEN 150
            WHEN month(day) = 3 THEN 140
            WHEN month(day) = 2 THEN 75
            WHEN month(day) IN (1, 7) THEN 92
            ELSE 100
        END AS weight
    FROM weekdays
)

-- Each slot is an equal share of trade. A position between 0 and 1 picks a slot, which gives dates the
-- density of the season and keeps the order of a customer's visits.
SELECT row_number() OVER (ORDER BY day, share) - 1 AS slot, day
FROM (SELECT day, unnest(range(CAST(weight // 75 AS INTEGER))) AS share FROM seasons);

SET VARIABLE slot_count = (SELECT count(*) FROM draft.slots WHERE day <= getvariable('until'));

-- The peaks are at lunch and after work; on Saturday the shops close at 14:00.
SET VARIABLE weekday_hours = weighted([10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
    [3, 5, 7, 8, 6, 4, 5, 8, 9, 6]);
SET VARIABLE saturday_hours = weighted([10, 11, 12, 13], [5, 8, 8, 6]);

CREATE MACRO shop_time(day, hour_chance, second_chance) AS
    CAST(day AS TIMESTAMP) + to_seconds(
        3600 * pick(
            CASE WHEN isodow(day) = 6 THEN getvariable('saturday_hours')
                ELSE getvariable('weekday_hours') END,
            hour_chance
        ) + CAST(floor(second_chance * 3600) AS INTEGER)
    );

-- The day itself, or Monday when it falls on a Sunday.
CREATE MACRO open_day(day) AS CAST(day AS DATE) + CASE WHEN isodow(CAST(day AS DATE)) = 7 THEN 1 ELSE 0 END;
