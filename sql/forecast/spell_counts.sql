-- ---
-- title = { es = "De qué aprende la proyección", en = "What the forecast learns from" }
-- grain = { es = "una fila por hecho contado: lapsos, cambios de estado, dinero, clientes en silencio", en = "one row per counted fact: spells, moves between states, money, silent customers" }
-- shape = "rows"
-- history = "all"
-- parameters.cutoff = { es = "la fecha hasta la que se sabe", en = "the date up to which is known" }
-- columns = ["fact", "pace", "count_class", "step", "reached", "occasions", "money"]
-- [column]
-- fact = { kind = "text", es = "Hecho", en = "Fact" }
-- pace = { kind = "count", es = "Ritmo", en = "Pace" }
-- count_class = { kind = "count", es = "Clase: por el número de compras", en = "Class: by the number of purchases" }
-- step = { kind = "count", es = "Paso: de 28 días; o ritmo, tramo, días", en = "Step: of 28 days; or pace, band, days" }
-- reached = { kind = "count", es = "Adónde: 1 si volvió; o la clase", en = "Reached: 1 for a return; or the class" }
-- occasions = { kind = "count", es = "Veces", en = "Times" }
-- money = { kind = "money", es = "Dinero", en = "Money" }
-- ---
WITH
known AS (
    SELECT *, coalesce(gap < seen, FALSE) AS is_over
    FROM spells(CAST($cutoff AS DATE))
),
facts AS (
    -- The last step in which a spell was at risk, and whether it ended in it.
    SELECT
        'spell' AS fact, pace, count_class,
        least(CASE WHEN is_over THEN gap ELSE seen - 1 END, 64) AS step,
        CAST(is_over AND gap < 65 AS INTEGER) AS reached,
        CAST(NULL AS DECIMAL(18, 2)) AS money
    FROM known
    WHERE is_over OR seen > 0
    UNION ALL
    SELECT 'move' AS fact, pace, count_class, next_pace AS step, next_class AS reached, NULL AS money
    FROM known
    WHERE gap IS NOT NULL
    UNION ALL
    SELECT 'later' AS fact, pace, 0 AS count_class, band_of(gap) AS step, 0 AS reached, next_money AS money
    FROM known
    WHERE next_money IS NOT NULL
    UNION ALL
    SELECT 'first' AS fact, 0 AS pace, 0 AS count_class, 0 AS step, 0 AS reached, money
    FROM known
    WHERE place = 1 AND money IS NOT NULL
    UNION ALL
    SELECT 'silent' AS fact, pace, count_class, days AS step, 0 AS reached, NULL AS money
    FROM known
    WHERE gap IS NULL
)
SELECT
    fact,
    CAST(pace AS BIGINT) AS pace,
    CAST(count_class AS BIGINT) AS count_class,
    CAST(step AS BIGINT) AS step,
    CAST(reached AS BIGINT) AS reached,
    count(*) AS occasions,
    sum(money) AS money
FROM facts
GROUP BY fact, pace, count_class, step, reached
ORDER BY fact, pace, count_class, step, reached;
