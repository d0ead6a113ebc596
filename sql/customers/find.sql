-- ---
-- title = { es = "Buscar un cliente", en = "Find a customer" }
-- grain = { es = "una fila por cliente cuyo id, correo o RUT es el buscado; sin ninguno, aquellos cuyo id comienza así; 12 como máximo", en = "one row per customer whose id, email or RUT is the one sought; without any, those whose id begins with it; 12 at most" }
-- shape = "rows"
-- parameters.sought = { es = "un id o sus primeros 8 caracteres, un correo, o un RUT con o sin puntos y guion", en = "an id or its first 8 characters, an email, or a RUT with or without dots and dash" }
-- columns = ["customer_id", "branch", "name", "email", "rut"]
-- [column]
-- customer_id = { es = "Id", en = "Id" }
-- ---
WITH
-- Whoever opted out is found by the address, which this list of several does not show.
ranked AS (
    SELECT
        customer.*,
        CASE
            WHEN
                CAST(customer.id AS VARCHAR) IN (trim($sought), lower(trim($sought)))
                OR known.email_key = email_key($sought)
                OR (looks_like_rut($sought) AND rut_key(customer.rut) = rut_key($sought))
                THEN 1
            WHEN
                length(trim($sought)) >= 8
                AND starts_with(lower(CAST(customer.id AS VARCHAR)), lower(trim($sought)))
                THEN 2
        END AS fit
    FROM customers AS customer
    INNER JOIN known_customers AS known ON customer.id = known.id
)
SELECT
    CAST(customer.id AS VARCHAR) AS customer_id,
    branch.code AS branch,
    customer_name(customer.first_name, customer.last_name) AS name,
    customer.email,
    customer.rut
FROM ranked AS customer
LEFT JOIN branches AS branch ON customer.branch_id = branch.id
WHERE customer.fit = (SELECT min(fit) FROM ranked)
ORDER BY customer_id
LIMIT 12;
