-- ---
-- title = { es = "Todas las cohortes", en = "All cohorts" }
-- grain = { es = "una fila por edad que alguna cohorte terminó", en = "one row per age that some cohort has finished" }
-- shape = "rows"
-- history = "all"
-- group_size = "customers"
-- chart = { kind = "column", x = "age", y = "repeat_pct" }
-- parameters.unit = { es = "month, quarter o year", en = "month, quarter or year" }
-- parameters.finished_at = { es = "la última fecha que ya terminó", en = "the last date that is over" }
-- columns = ["age", "customers", "active_pct", "repeat_pct", "revenue_per_customer"]
-- [column]
-- customers = { kind = "count", es = "Clientes: de las cohortes de esa edad", en = "Customers: of the cohorts of that age" }
-- ---
SELECT
    age,
    CAST(sum(customers) AS BIGINT) AS customers,
    percent_of(sum(active), sum(customers)) AS active_pct,
    percent_of(sum(repeated), sum(customers)) AS repeat_pct,
    money_per(sum(revenue), sum(customers)) AS revenue_per_customer
FROM cohort_cells($unit, CAST($finished_at AS DATE))
WHERE is_finished
GROUP BY age
ORDER BY age;
