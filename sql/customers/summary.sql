-- ---
-- title = { es = "Resumen", en = "Summary" }
-- grain = { es = "una fila: los clientes de estas sucursales que cumplen los filtros", en = "one row: the customers of the scope that fit the filters" }
-- shape = "record"
-- history = "all"
-- parameters.search = { es = "como en la lista", en = "as in the list" }
-- parameters.segment = { es = "como en la lista", en = "as in the list" }
-- parameters.scheme = { es = "como en la lista", en = "as in the list" }
-- parameters.inactive = { es = "como en la lista", en = "as in the list" }
-- columns = ["total", "active", "new_this_month"]
-- [column]
-- total = { es = "Clientes", en = "Customers" }
-- active = { kind = "count", es = "Activos: con una compra en los últimos 365 días, o los que diga segments.active_days", en = "Active: with a purchase in the last 365 days, or as many as segments.active_days says" }
-- new_this_month = { kind = "count", es = "Nuevos este mes", en = "New this month" }
-- ---
SELECT
    count(*) AS total,
    count(active.customer_id) AS active,
    count(*) FILTER (WHERE listed.created_at >= $month_at) AS new_this_month
FROM listed_customers($search, $segment, $scheme, $inactive, $as_of_date, $active_from) AS listed
LEFT JOIN active_customers AS active ON listed.customer_id = CAST(active.customer_id AS VARCHAR);
