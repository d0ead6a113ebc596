-- ---
-- title = { es = "Cohortes", en = "Cohorts" }
-- grain = { es = "una fila: la unidad de las cohortes, y cuándo empiezan las compras", en = "one row: the unit of the cohorts, and when purchases begin" }
-- shape = "record"
-- history = "all"
-- parameters.unit = { es = "month, quarter o year", en = "month, quarter or year" }
-- columns = ["by", "first_purchase"]
-- [column]
-- by = { kind = "text", vocabulary = "cohort_unit", es = "Por", en = "By" }
-- first_purchase = { es = "Primera compra: antes no se anotaban los clientes", en = "First purchase: before it customers were not written down" }
-- ---
SELECT
    CAST($unit AS VARCHAR) AS by,
    min(local_date) AS first_purchase
FROM occasions;
