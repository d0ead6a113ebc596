-- ---
-- title = { es = "Clientes", en = "Customers" }
-- grain = { es = "una fila por cliente de estas sucursales que cumple los filtros", en = "one row per customer of the scope that fits the filters" }
-- shape = "rows"
-- history = "all"
-- parameters.search = { es = "una parte del nombre, correo, teléfono o RUT; NULL para todos", en = "a part of the name, email, phone or RUT; NULL for all" }
-- parameters.segment = { es = "un segmento; NULL para todos", en = "a segment; NULL for all" }
-- parameters.scheme = { es = "en qué segmentación se busca el segmento: lifecycle o rfm", en = "the segmentation in which the segment is looked for: lifecycle or rfm" }
-- parameters.inactive = { es = "TRUE: solo los que no han comprado en los últimos 365 días, o los que diga segments.active_days", en = "TRUE: only those without a purchase in the last 365 days, or as many as segments.active_days says" }
-- parameters.sort = { es = "la columna por la que se ordena", en = "the column to order by" }
-- parameters.limit = { es = "cuántos; NULL para todos", en = "how many; NULL for all" }
-- columns = [
--     "customer_id", "branch", "name", "email", "phone", "rut", "created", "purchases", "lifetime_value",
--     "last_purchase", "days_since_last_purchase", "segment", "rfm_segment",
-- ]
-- [column]
-- customer_id = { es = "Id", en = "Id" }
-- lifetime_value = { total = true, es = "Total comprado", en = "Lifetime value" }
-- ---
SELECT
    customer_id,
    branch,
    name,
    email,
    phone,
    rut,
    created,
    purchases,
    lifetime_value,
    last_purchase,
    days_since_last_purchase,
    segment,
    rfm_segment
FROM listed_customers($search, $segment, $scheme, $inactive, $as_of_date, $active_from)
ORDER BY
    CASE
        WHEN $sort = 'lifetime_value' THEN lifetime_value
        WHEN $sort = 'purchases' THEN purchases
        WHEN $sort = 'days_since_last_purchase' THEN days_since_last_purchase
    END DESC NULLS LAST,
    CASE
        WHEN $sort = 'last_purchase' THEN last_purchase
        WHEN $sort = 'created' THEN created
    END DESC NULLS LAST,
    CASE WHEN $sort = 'name' THEN search_key(name) END ASC NULLS LAST,
    customer_id
LIMIT row_limit($limit);
