-- ---
-- title = { es = "Las otras cifras del tablero de la app", en = "The other figures of the app's dashboard" }
-- grain = { es = "una fila por cifra: la nuestra, la de la app, y por qué difieren", en = "one row per figure: ours, the app's, and why they differ" }
-- shape = "rows"
-- period = true
-- columns = ["key", "ours", "app", "difference", "why"]
-- [column]
-- key = { kind = "text", vocabulary = "app_figure", es = "Cifra de la app", en = "Figure of the app" }
-- ours = { kind = "number", es = "Aquí", en = "Here" }
-- app = { kind = "number", es = "App: vacía si no se puede saber", en = "App: empty where it cannot be known" }
-- difference = { kind = "number", es = "Diferencia: app − aquí", en = "Difference: app − here" }
-- why = { kind = "text", vocabulary = "app_reason", es = "Por qué", en = "Why" }
-- ---
SELECT
    key,
    ours,
    app,
    app - ours AS difference,
    CASE WHEN app <> ours THEN why END AS why
FROM app_figures
ORDER BY line;
