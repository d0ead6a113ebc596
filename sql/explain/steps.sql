-- ---
-- title = { es = "De todas las filas a las que cuentan", en = "From all rows to those that count" }
-- grain = { es = "una fila por paso: todas las filas, lo que sale por cada regla, y lo que queda", en = "one row per step: all rows, what leaves by each rule, and what stays" }
-- shape = "rows"
-- history = "none"
-- parameters.step_names = { es = "Los pasos, en orden", en = "The steps, in order" }
-- parameters.adjustment = { es = "El paso que saca montos y no filas", en = "The step that takes money and no rows" }
-- columns = ["step", "count", "amount"]
-- [column]
-- step = { kind = "text", vocabulary = ["step", "step_end"], typed = "step", es = "Paso", en = "Step" }
-- count = { total = false, es = "Filas", en = "Rows" }
-- amount = { kind = "money", es = "Monto", en = "Amount" }
-- ---
WITH
named AS (
    SELECT
        unnest(CAST($step_names AS VARCHAR[])) AS step,
        generate_subscripts(CAST($step_names AS VARCHAR[]), 1) AS line
),
left_out AS (
    SELECT step, count(*) AS rows_left, sum(gross) AS gross
    FROM explained
    WHERE step IS NOT NULL
    GROUP BY step
),
whole AS (
    SELECT
        count(*) AS rows_read,
        coalesce(sum(gross), 0) AS gross,
        count(*) FILTER (WHERE step IS NULL) AS rows_kept,
        coalesce(sum(gross) FILTER (WHERE step IS NULL), 0) AS gross_kept,
        coalesce(sum(amount) FILTER (WHERE step IS NULL), 0) AS amount
    FROM explained
)
SELECT
    named.step,
    CASE
        WHEN named.step = 'rows' THEN whole.rows_read
        WHEN named.step = 'figure' THEN whole.rows_kept
        ELSE -coalesce(left_out.rows_left, 0)
    END AS count,
    CASE
        WHEN named.step = 'rows' THEN whole.gross
        WHEN named.step = 'figure' THEN whole.amount
        -- What of the rows that stay does not count: of no row, but of money.
        WHEN named.step = $adjustment THEN whole.amount - whole.gross_kept
        ELSE -coalesce(left_out.gross, 0)
    END AS amount
FROM named
CROSS JOIN whole
LEFT JOIN left_out ON named.step = left_out.step
ORDER BY named.line;
