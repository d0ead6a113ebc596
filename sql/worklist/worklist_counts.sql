-- ---
-- title = { es = "Candidatos", en = "Candidates" }
-- grain = { es = "una fila: cuántos clientes tienen un motivo, y cuántos están en la lista", en = "one row: how many customers have a reason, and how many are listed" }
-- shape = "record"
-- history = "all"
-- parameters.lists = { es = "las listas decididas de la semana, como JSON", en = "the decided lists of the week, as JSON" }
-- parameters.undecided = { es = "los ids de las sucursales sin lista decidida", en = "the ids of the branches without a decided list" }
-- parameters.listed_before = { es = "los ids de quienes se listaron hace menos de 28 días", en = "the ids of who was listed less than 28 days ago" }
-- columns = ["candidates", "listed"]
-- ---
SELECT
    CAST(coalesce(sum(count), 0) AS BIGINT) AS candidates,
    CAST(coalesce(sum(count) FILTER (WHERE left_out IS NULL), 0) AS BIGINT) AS listed
FROM worklist_counts($lists, $undecided, $listed_before);
