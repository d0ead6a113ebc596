-- ---
-- about = "What each customer is expected to buy in the next 364 days (metrics 11), no row where the backtest speaks against it: worked out once for all reports of an answer."
-- internal = true
-- given = "curve"
-- ---
CREATE OR REPLACE TEMP TABLE predicted AS
SELECT *
FROM predictions(getvariable('as_of_date'), coalesce(CAST(getvariable('curve') AS VARCHAR), '{}'));
