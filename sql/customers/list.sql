-- ---
-- title = { es = "Clientes", en = "Customers" }
-- grain = { es = "una fila por cliente de estas sucursales que cumple los filtros", en = "one row per customer of the scope that fits the filters" }
-- shape = "rows"
-- uses = "customer_segments"
-- history = "all"
-- parameters.search = { es = "una parte del nombre, correo, teléfono o RUT; NULL para todos", en = "a part of the name, email, phone or RUT; NULL for all" }
-- parameters.segment = { es = "un segmento de ciclo de vida o RFM; NULL para todos", en = "a lifecycle or RFM segment; NULL for all" }
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
WITH
known AS (
    SELECT
        CAST(facts.customer_id AS VARCHAR) AS customer_id,
        branch.code AS branch,
        customer_name(customer.first_name, customer.last_name) AS name,
        customer.email,
        customer.phone,
        customer.rut,
        local_day(customer.created_at) AS created,
        facts.purchases,
        facts.total_spent AS lifetime_value,
        facts.last_purchase,
        facts.days_since_last_purchase,
        facts.segment,
        facts.rfm_segment
    FROM customer_segments_at(CAST('infinity' AS TIMESTAMP), $as_of_date) AS facts
    INNER JOIN customers AS customer ON facts.customer_id = customer.id
    LEFT JOIN branches AS branch ON customer.branch_id = branch.id
),
-- Searching is without regard to case and accents, and for a RUT or phone without regard to punctuation.
fitting AS (
    SELECT *
    FROM known
    WHERE
        (
            $search IS NULL
            OR contains(search_key(name), search_key($search))
            OR contains(search_key(email), search_key($search))
            OR (length(digits_of($search)) >= 3 AND contains(digits_of(phone), digits_of($search)))
            OR (length(rut_key($search)) >= 4 AND contains(rut_key(rut), rut_key($search)))
        )
        AND ($segment IS NULL OR $segment IN (segment, rfm_segment))
        AND (NOT $inactive OR coalesce(last_purchase < $active_from, TRUE))
)
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
FROM fitting
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
LIMIT coalesce($limit, 9223372036854775807);
