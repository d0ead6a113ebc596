-- ---
-- title = { es = "Donde la app dice otra cosa", en = "Where the app says otherwise" }
-- grain = { es = "una fila por cifra guardada de la app que no es la calculada aquí según sus reglas", en = "one row per figure saved from the app that is not the one worked out here by its rules" }
-- shape = "rows"
-- period = true
-- parameters.told_keys = { es = "Las cifras guardadas", en = "The figures saved" }
-- parameters.told_values = { es = "Sus valores", en = "Their values" }
-- columns = ["key", "told", "expected"]
-- [column]
-- key = { kind = "text", vocabulary = "app_figure", es = "Cifra de la app", en = "Figure of the app" }
-- told = { kind = "number", es = "Guardada", en = "Saved" }
-- expected = { kind = "number", es = "Esperada: según sus reglas y estos datos", en = "Expected: by its rules and these data" }
-- ---
WITH
told AS (
    SELECT unnest(CAST($told_keys AS VARCHAR[])) AS key, unnest(CAST($told_values AS DECIMAL(36, 2)[])) AS value
),
expected AS (
    SELECT 0 AS line, 'totalRevenue' AS key, unless_cut(['orders', 'lab_work_orders'], pos + lab) AS value
    FROM app_sums
    UNION ALL
    SELECT line, key, app AS value
    FROM app_figures
)
SELECT
    expected.key,
    told.value AS told,
    expected.value AS expected
FROM expected
INNER JOIN told ON expected.key = told.key
WHERE expected.value <> told.value
ORDER BY expected.line;
