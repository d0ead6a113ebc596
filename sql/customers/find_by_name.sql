-- ---
-- title = { es = "Buscar un cliente por su nombre", en = "Find a customer by name" }
-- grain = { es = "una fila por cliente cuyo nombre es el buscado; sin ninguno, los que tienen ese nombre en parte; 12 como máximo", en = "one row per customer whose name is the one sought; without any, those whose name has it in part; 12 at most" }
-- shape = "rows"
-- parameters.sought = { es = "un nombre", en = "a name" }
-- columns = ["customer_id", "branch", "name", "email", "rut"]
-- [column]
-- customer_id = { es = "Id", en = "Id" }
-- ---
WITH
ranked AS (
    SELECT
        *,
        CASE
            WHEN search_key(customer_name(first_name, last_name)) = search_key($sought) THEN 1
            WHEN
                length(trim($sought)) >= 3
                AND contains(search_key(customer_name(first_name, last_name)), search_key($sought))
                THEN 2
        END AS fit
    FROM customers
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
