-- ---
-- about = "The calendar: every local date from one to another, and which dates are over or tell what weekdays weigh."
-- ---
CREATE OR REPLACE TEMP MACRO days_between(first, last) AS TABLE
    SELECT CAST(day AS DATE) AS date
    FROM generate_series(CAST(first AS TIMESTAMP), CAST(last AS TIMESTAMP), INTERVAL 1 DAY) AS series (day);

-- Whether a local date is over at as-of: today is only at its last instant.
CREATE OR REPLACE TEMP MACRO is_over(local_date) AS (
    local_date < local_day(getvariable('as_of') + INTERVAL 1 MICROSECOND)
);

-- How many dates before a month tell what its weekdays weigh (metrics 18), and whether a date is one of them.
CREATE OR REPLACE TEMP MACRO weighing_days() AS (364);
CREATE OR REPLACE TEMP MACRO weighs_weekdays(local_date, month_from) AS (
    local_date >= month_from - weighing_days() AND local_date < month_from
);
