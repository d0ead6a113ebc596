-- ---
-- title = { es = "La misma proyección hace un año, y lo que vino", en = "The same forecast a year ago, and what came" }
-- grain = { es = "una fila: lo proyectado hace 364 días, lo que pasó, y lo que diría otra vez el año anterior", en = "one row: what was predicted 364 days ago, what came, and what last year again would say" }
-- shape = "record"
-- history = "all"
-- parameters.cutoff = { es = "la fecha hasta la que se sabía", en = "the date up to which was known" }
-- columns = [
--     "from", "to", "customers", "returns_learned", "predicted_purchases", "actual_purchases", "error_pct",
--     "naive_purchases", "naive_error_pct", "predicted_spent", "actual_spent", "spent_error_pct", "naive_spent",
--     "naive_spent_error_pct", "predicted_buyers", "actual_buyers", "skill_pct", "best_tenth_pct",
-- ]
-- [column]
-- from = { kind = "date", es = "Desde", en = "From" }
-- to = { kind = "date", es = "Hasta", en = "To" }
-- customers = { kind = "count", es = "Clientes: que ya habían comprado", en = "Customers: who had bought by then" }
-- returns_learned = { kind = "count", es = "Regresos: de los que se aprendió", en = "Returns: that were learned from" }
-- error_pct = { kind = "percent", es = "Error de compras: (proyectado / real − 1) × 100", en = "Error of purchases: (predicted / actual − 1) × 100" }
-- naive_purchases = { kind = "count", es = "Compras del año anterior: “igual que el año pasado”", en = "Purchases of the year before: “last year again”" }
-- naive_error_pct = { kind = "percent", es = "Error de repetir el año", en = "Error of last year again" }
-- spent_error_pct = { kind = "percent", es = "Error del dinero", en = "Error of money" }
-- naive_spent = { kind = "money", es = "Dinero del año anterior", en = "Money of the year before" }
-- naive_spent_error_pct = { kind = "percent", es = "Error del dinero de repetir el año", en = "Error of money of last year again" }
-- predicted_buyers = { kind = "number", es = "Compradores proyectados", en = "Predicted buyers" }
-- actual_buyers = { kind = "count", es = "Compradores reales", en = "Actual buyers" }
-- skill_pct = { kind = "percent", es = "Acierto por cliente: 0 % es lo que logra el promedio", en = "Skill per customer: 0 % is what the mean achieves" }
-- best_tenth_pct = { kind = "percent", es = "Dinero del mejor décimo: lo que trajo el décimo con más proyectado", en = "Money of the best tenth: what the tenth predicted highest brought" }
-- ---
WITH
sums AS (
    SELECT
        count(*) AS customers,
        coalesce(sum(expected_purchases), 0) AS predicted_purchases,
        CAST(coalesce(sum(purchases), 0) AS BIGINT) AS actual_purchases,
        CAST(coalesce(sum(purchases_before), 0) AS BIGINT) AS naive_purchases,
        coalesce(sum(expected_spent), 0) AS predicted_spent,
        coalesce(sum(spent), 0) AS actual_spent,
        coalesce(sum(spent_before), 0) AS naive_spent,
        coalesce(sum(probability_pct), 0) AS chances,
        count(*) FILTER (WHERE purchases > 0) AS actual_buyers,
        coalesce(sum(spent) FILTER (WHERE decile = 1), 0) AS best_tenth,
        -- In thousandths of a purchase, so that squares are whole.
        CAST(coalesce(sum(expected_purchases), 0) * 1000 AS HUGEINT) AS predicted,
        CAST(coalesce(sum(purchases), 0) * 1000 AS HUGEINT) AS actual,
        coalesce(sum(CAST(power(CAST(purchases * 1000 AS BIGINT), 2) AS HUGEINT)), 0) AS actual_squares,
        coalesce(sum(CAST(power(CAST((expected_purchases - purchases) * 1000 AS BIGINT), 2) AS HUGEINT)), 0) AS missed
    FROM backtested
),
learned AS (
    SELECT count(*) FILTER (WHERE gap < seen AND gap < 65) AS returns_learned
    FROM spells(CAST($cutoff AS DATE))
),
-- What the mean of all predictions misses, times the number of customers.
compared AS (
    SELECT *, predicted * predicted - 2 * predicted * actual + customers * actual_squares AS missed_by_mean
    FROM sums
)
SELECT
    CAST($cutoff AS DATE) + 1 AS "from",
    $as_of_date AS "to",
    customers,
    returns_learned,
    CAST(predicted_purchases AS DECIMAL(18, 3)) AS predicted_purchases,
    actual_purchases,
    percent_of(predicted - actual, actual) AS error_pct,
    naive_purchases,
    percent_of(naive_purchases - actual_purchases, actual_purchases) AS naive_error_pct,
    CAST(predicted_spent AS DECIMAL(18, 2)) AS predicted_spent,
    CAST(actual_spent AS DECIMAL(18, 2)) AS actual_spent,
    percent_of(predicted_spent - actual_spent, actual_spent) AS spent_error_pct,
    CAST(naive_spent AS DECIMAL(18, 2)) AS naive_spent,
    percent_of(naive_spent - actual_spent, actual_spent) AS naive_spent_error_pct,
    CAST(whole_ratio(CAST(chances * 100 AS HUGEINT), 1000) AS DECIMAL(18, 0)) * CAST(0.1 AS DECIMAL(2, 1)) AS predicted_buyers,
    actual_buyers,
    in_hundredths(whole_ratio((missed_by_mean - customers * missed) * 10000, missed_by_mean)) AS skill_pct,
    percent_of(best_tenth, actual_spent) AS best_tenth_pct
FROM compared
CROSS JOIN learned;
