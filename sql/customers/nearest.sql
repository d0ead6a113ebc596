-- ---
-- title = { es = "Clientes parecidos", en = "Customers like it" }
-- grain = { es = "una fila por cliente cuyo correo, RUT o nombre se parece más al texto buscado; 3 como máximo", en = "one row per customer whose email, RUT or name is nearest to the text sought; 3 at most" }
-- shape = "rows"
-- parameters.sought = { es = "cualquier texto", en = "any text" }
-- columns = ["customer_id", "name", "email", "rut"]
-- [column]
-- customer_id = { es = "Id", en = "Id" }
-- ---
WITH
likened AS (
    SELECT
        id,
        customer_name(first_name, last_name) AS name,
        email,
        rut,
        greatest(
            coalesce(jaro_winkler_similarity(email_key, email_key($sought)), 0),
            coalesce(jaro_winkler_similarity(rut_key(rut), rut_key($sought)), 0),
            coalesce(jaro_winkler_similarity(lower(customer_name(first_name, last_name)), lower(trim($sought))), 0)
        ) AS likeness
    FROM customers
)
SELECT
    CAST(id AS VARCHAR) AS customer_id,
    name,
    email,
    rut
FROM likened
WHERE likeness >= 0.85
ORDER BY likeness DESC, customer_id
LIMIT 3;
