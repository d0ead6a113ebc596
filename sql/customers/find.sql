-- ---
-- title = { es = "Buscar un cliente", en = "Find a customer" }
-- grain = { es = "una fila por cliente cuyo id, correo o RUT es el buscado", en = "one row per customer whose id, email or RUT is the one sought" }
-- shape = "rows"
-- parameters.sought = { es = "un id, un correo, o un RUT con o sin puntos y guion", en = "an id, an email, or a RUT with or without dots and dash" }
-- columns = ["customer_id", "branch", "name", "email", "rut"]
-- [column]
-- customer_id = { es = "Id", en = "Id" }
-- ---
SELECT
    CAST(customer.id AS VARCHAR) AS customer_id,
    branch.code AS branch,
    customer_name(customer.first_name, customer.last_name) AS name,
    customer.email,
    customer.rut
FROM customers AS customer
-- Whoever opted out is found by the address, which this list of several does not show.
INNER JOIN known_customers AS known ON customer.id = known.id
LEFT JOIN branches AS branch ON customer.branch_id = branch.id
WHERE
    CAST(customer.id AS VARCHAR) = lower(trim($sought))
    OR CAST(customer.id AS VARCHAR) = trim($sought)
    OR known.email_key = email_key($sought)
    OR (looks_like_rut($sought) AND rut_key(customer.rut) = rut_key($sought))
ORDER BY customer_id;
