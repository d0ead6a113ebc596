-- ---
-- title = { es = "Fuera de la lista", en = "Left out of the list" }
-- grain = { es = "una fila por motivo para no llamar a un candidato", en = "one row per reason not to contact a candidate" }
-- shape = "map"
-- history = "all"
-- columns = ["left_out", "count"]
-- ---
SELECT
    named.left_out,
    count(candidate.customer_id) AS count
FROM (
    SELECT unnest(left_out_names()) AS left_out, generate_subscripts(left_out_names(), 1) AS place
) AS named
LEFT JOIN worklist_rows(CAST([] AS VARCHAR[])) AS candidate ON named.left_out = candidate.left_out
GROUP BY named.left_out, named.place
ORDER BY named.place;
