-- ---
-- title = { es = "Cohortes por edad", en = "Cohorts by age" }
-- grain = { es = "una fila por cohorte, las últimas; * empieza menos de 365 días después de los datos", en = "one row per cohort, the latest ones; * begins less than 365 days after the data" }
-- shape = "rows"
-- history = "all"
-- group_size = "customers"
-- parameters.unit = { es = "month, quarter o year", en = "month, quarter or year" }
-- parameters.finished_at = { es = "la última fecha que ya terminó", en = "the last date that is over" }
-- parameters.measure = { es = "customers, retention, repeat o revenue", en = "customers, retention, repeat or revenue" }
-- parameters.shown_cohorts = { es = "cuántas cohortes", en = "how many cohorts" }
-- columns = ["cohort", "customers", "not_shown", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11"]
-- [column]
-- customers = { kind = "count", es = "Clientes", en = "Customers" }
-- not_shown = { kind = "count", es = "Cohortes anteriores no mostradas", en = "Earlier cohorts not shown" }
-- a0 = { kind = "number", heat = true, es = "0", en = "0" }
-- a1 = { kind = "number", heat = true, es = "1", en = "1" }
-- a2 = { kind = "number", heat = true, es = "2", en = "2" }
-- a3 = { kind = "number", heat = true, es = "3", en = "3" }
-- a4 = { kind = "number", heat = true, es = "4", en = "4" }
-- a5 = { kind = "number", heat = true, es = "5", en = "5" }
-- a6 = { kind = "number", heat = true, es = "6", en = "6" }
-- a7 = { kind = "number", heat = true, es = "7", en = "7" }
-- a8 = { kind = "number", heat = true, es = "8", en = "8" }
-- a9 = { kind = "number", heat = true, es = "9", en = "9" }
-- a10 = { kind = "number", heat = true, es = "10", en = "10" }
-- a11 = { kind = "number", heat = true, es = "11", en = "11" }
-- ---
WITH
cells AS (
    SELECT
        cohort_unit,
        age,
        customers,
        may_be_older,
        CASE
            WHEN NOT is_finished THEN NULL
            WHEN $measure = 'customers' THEN CAST(active AS DECIMAL(38, 2))
            WHEN $measure = 'retention' THEN percent_of(active, customers)
            WHEN $measure = 'revenue' THEN money_per(revenue, customers)
            ELSE percent_of(repeated, customers)
        END AS value
    FROM cohort_cells($unit, CAST($finished_at AS DATE))
),
ranked AS (
    SELECT cohort_unit, dense_rank() OVER (ORDER BY cohort_unit DESC) AS place
    FROM cells
    WHERE age = 0
),
earlier AS (
    SELECT greatest(0, max(place) - $shown_cohorts) AS not_shown
    FROM ranked
)
SELECT
    concat(unit_name(cells.cohort_unit, $unit), CASE WHEN any_value(may_be_older) THEN ' *' END) AS cohort,
    any_value(customers) AS customers,
    CAST(any_value(earlier.not_shown) AS BIGINT) AS not_shown,
    max(value) FILTER (WHERE age = 0) AS a0,
    max(value) FILTER (WHERE age = 1) AS a1,
    max(value) FILTER (WHERE age = 2) AS a2,
    max(value) FILTER (WHERE age = 3) AS a3,
    max(value) FILTER (WHERE age = 4) AS a4,
    max(value) FILTER (WHERE age = 5) AS a5,
    max(value) FILTER (WHERE age = 6) AS a6,
    max(value) FILTER (WHERE age = 7) AS a7,
    max(value) FILTER (WHERE age = 8) AS a8,
    max(value) FILTER (WHERE age = 9) AS a9,
    max(value) FILTER (WHERE age = 10) AS a10,
    max(value) FILTER (WHERE age = 11) AS a11
FROM cells
INNER JOIN ranked ON cells.cohort_unit = ranked.cohort_unit
CROSS JOIN earlier
WHERE ranked.place <= $shown_cohorts
GROUP BY cells.cohort_unit
ORDER BY cells.cohort_unit;
