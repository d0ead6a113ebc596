-- ---
-- title = { es = "Líneas de nadie", en = "Lines of nobody" }
-- grain = { es = "una fila por línea del archivo worklist.opt_out que no es de ningún cliente de estas sucursales", en = "one row per line of the file worklist.opt_out that fits no customer of the scope" }
-- shape = "rows"
-- history = "none"
-- columns = ["line"]
-- [column]
-- line = { kind = "text", free_text = true, es = "Línea", en = "Line" }
-- ---
SELECT CAST(lines.line AS VARCHAR) AS line
FROM (SELECT unnest(getvariable('opt_out_lines')) AS line) AS lines
LEFT JOIN known_customers AS customer
    ON is_meant_by(lines.line, customer.id, customer.rut, customer.email)
WHERE customer.id IS NULL
ORDER BY lines.line;
