-- ---
-- title = { es = "Cohortes", en = "Cohorts" }
-- grain = { es = "una fila por cohorte y edad: clientes por la unidad de su primera compra, y lo que hicieron tantas unidades después", en = "one row per cohort and age: customers by the unit of their first purchase, and what they did so many units later" }
-- shape = "rows"
-- history = "all"
-- group_size = "customers"
-- parameters.unit = { es = "month, quarter o year", en = "month, quarter or year" }
-- parameters.finished_at = { es = "la última fecha que ya terminó", en = "the last date that is over" }
-- columns = ["cohort", "age", "customers", "may_be_older", "active", "active_pct", "repeated", "repeat_pct", "revenue_per_customer"]
-- [column]
-- customers = { kind = "count", es = "Clientes: de la cohorte", en = "Customers: of the cohort" }
-- repeated = { kind = "count", es = "Volvieron: con compras en dos fechas o más hasta entonces", en = "Came back: with purchases on two dates or more by then" }
-- may_be_older = { kind = "flag", es = "Quizá anterior: la cohorte empieza menos de 365 días después de los datos", en = "May be older: the cohort begins less than 365 days after the data" }
-- ---
SELECT
    unit_name(cohort_unit, $unit) AS cohort,
    age,
    customers,
    may_be_older,
    CASE WHEN is_finished THEN active END AS active,
    CASE WHEN is_finished THEN percent_of(active, customers) END AS active_pct,
    CASE WHEN is_finished THEN CAST(repeated AS BIGINT) END AS repeated,
    CASE WHEN is_finished THEN percent_of(repeated, customers) END AS repeat_pct,
    CASE WHEN is_finished THEN money_per(revenue, customers) END AS revenue_per_customer
FROM cohort_cells($unit, CAST($finished_at AS DATE))
ORDER BY cohort_unit, age;
