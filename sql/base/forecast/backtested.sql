-- ---
-- about = "What was predicted a year ago for each customer, and what came (metrics 11): worked out once for all reports of an answer."
-- internal = true
-- given = ["cutoff", "backtest_curve"]
-- ---
CREATE OR REPLACE TEMP TABLE backtested AS
SELECT *
FROM backtest_rows(CAST(getvariable('cutoff') AS DATE), coalesce(CAST(getvariable('backtest_curve') AS VARCHAR), '{}'));
