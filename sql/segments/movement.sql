-- ---
-- title = { es = "De qué segmento a cuál", en = "From which segment to which" }
-- grain = { es = "una fila por par de segmentos, antes y ahora, en que hay un cliente", en = "one row per pair of segments, before and now, that a customer is in" }
-- shape = "rows"
-- depends_on = "previous"
-- history = "all"
-- period = true
-- group_size = "customers"
-- matrix = { row = "from", column = "to", value = "customers", weight = "spent_year_before" }
-- parameters.scheme = { es = "Cómo se dividen los clientes: lifecycle o rfm", en = "How customers are divided: lifecycle or rfm" }
-- columns = ["from", "to", "customers", "spent_year_before"]
-- ---
SELECT
    previous_segment AS "from",
    segment AS "to",
    count(*) AS customers,
    sum(spent_year_before) AS spent_year_before
FROM moves_in($scheme)
GROUP BY previous_place, previous_segment, place, segment
ORDER BY previous_place NULLS LAST, place;
