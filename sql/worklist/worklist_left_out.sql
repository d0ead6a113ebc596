-- ---
-- title = { es = "Fuera de la lista", en = "Left out of the list" }
-- grain = { es = "una fila por motivo para no llamar a un candidato", en = "one row per reason not to contact a candidate" }
-- shape = "map"
-- history = "all"
-- parameters.lists = { es = "las listas decididas de la semana, como JSON", en = "the decided lists of the week, as JSON" }
-- parameters.undecided = { es = "los ids de las sucursales sin lista decidida", en = "the ids of the branches without a decided list" }
-- parameters.listed_before = { es = "los ids de quienes se listaron hace menos de 28 días", en = "the ids of who was listed less than 28 days ago" }
-- columns = ["left_out", "count"]
-- ---
SELECT
    named.left_out,
    CAST(coalesce(counted.count, 0) AS BIGINT) AS count
FROM (
    SELECT unnest(left_out_names()) AS left_out, generate_subscripts(left_out_names(), 1) AS place
) AS named
LEFT JOIN worklist_counts($lists, $undecided, $listed_before) AS counted ON named.left_out = counted.left_out
ORDER BY named.place;
