-- ---
-- title = { es = "Cuántos", en = "How many" }
-- grain = { es = "una fila: cuántos clientes cumplen los filtros, y cuántos se muestran", en = "one row: how many customers fit the filters, and how many are shown" }
-- shape = "record"
-- history = "all"
-- parameters.search = { es = "como en la lista", en = "as in the list" }
-- parameters.segment = { es = "como en la lista", en = "as in the list" }
-- parameters.scheme = { es = "como en la lista", en = "as in the list" }
-- parameters.inactive = { es = "como en la lista", en = "as in the list" }
-- parameters.limit = { es = "como en la lista", en = "as in the list" }
-- columns = ["matches", "shown", "lifetime_value"]
-- [column]
-- matches = { kind = "count", es = "Cumplen los filtros", en = "Fit the filters" }
-- shown = { kind = "count", es = "Se muestran", en = "Shown" }
-- lifetime_value = { es = "Total comprado: de todos los que cumplen los filtros", en = "Lifetime value: of all that fit the filters" }
-- ---
SELECT
    count(*) AS matches,
    least(count(*), row_limit($limit)) AS shown,
    coalesce(sum(lifetime_value), 0) AS lifetime_value
FROM listed_customers($search, $segment, $scheme, $inactive, $as_of_date, $active_from);
