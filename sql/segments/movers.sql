-- ---
-- title = { es = "Clientes que cambiaron de segmento", en = "Customers who changed segment" }
-- grain = { es = "una fila por cliente que está en otro segmento que al terminar la ventana anterior, o que llegó después", en = "one row per customer who is in another segment than when the previous window ended, or who came since" }
-- shape = "rows"
-- depends_on = "previous"
-- history = "all"
-- period = true
-- parameters.scheme = { es = "Cómo se dividen los clientes: lifecycle o rfm", en = "How customers are divided: lifecycle or rfm" }
-- columns = ["customer_id", "branch", "name", "phone", "from", "to", "spent_year_before"]
-- ---
SELECT
    CAST(move.customer_id AS VARCHAR) AS customer_id,
    branch.code AS branch,
    customer_name(customer.first_name, customer.last_name) AS name,
    customer.phone,
    move.previous_segment AS "from",
    move.segment AS "to",
    move.spent_year_before
FROM moves_in($scheme) AS move
INNER JOIN customers AS customer ON move.customer_id = customer.id
LEFT JOIN branches AS branch ON customer.branch_id = branch.id
WHERE move.previous_segment IS DISTINCT FROM move.segment
ORDER BY move.spent_year_before DESC, move.customer_id;
