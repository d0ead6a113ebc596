-- ---
-- about = "The calendar: every local date from one to another, both included."
-- ---
CREATE OR REPLACE TEMP MACRO days_between(first, last) AS TABLE
    SELECT CAST(day AS DATE) AS date
    FROM generate_series(CAST(first AS TIMESTAMP), CAST(last AS TIMESTAMP), INTERVAL 1 DAY) AS series (day);
