-- ---
-- title = { es = "Resumen del movimiento", en = "Summary of the movement" }
-- grain = { es = "una fila por clase de movimiento; mejorar y empeorar son parte de cambiar", en = "one row per kind of movement; to improve and to worsen are parts of to move" }
-- shape = "map"
-- depends_on = "previous"
-- history = "all"
-- period = true
-- group_size = "customers"
-- parameters.scheme = { es = "Cómo se dividen los clientes: lifecycle o rfm", en = "How customers are divided: lifecycle or rfm" }
-- columns = ["movement", "customers", "spent_year_before"]
-- [column]
-- movement = { kind = "text", vocabulary = "movement", es = "Movimiento", en = "Movement" }
-- customers = { total = false }
-- spent_year_before = { total = false }
-- ---
WITH
moves AS (
    SELECT
        spent_year_before,
        CASE
            WHEN previous_segment IS NULL THEN ['arrived']
            WHEN place = previous_place THEN ['stayed']
            WHEN place < previous_place THEN ['moved', 'improved']
            ELSE ['moved', 'worsened']
        END AS movements
    FROM moves_in($scheme)
),
-- Every movement has a row, also one that nobody made.
named AS (
    SELECT
        unnest(['stayed', 'moved', 'arrived', 'improved', 'worsened']) AS movement,
        generate_subscripts(range(5), 1) AS line
)
SELECT
    named.movement,
    count(moves.movements) AS customers,
    coalesce(sum(moves.spent_year_before), 0) AS spent_year_before
FROM named
LEFT JOIN moves ON list_contains(moves.movements, named.movement)
GROUP BY named.line, named.movement
ORDER BY named.line;
