-- ---
-- title = { es = "Nuestra cifra", en = "Our figure" }
-- grain = { es = "una fila: los ingresos del período, como en el tablero", en = "one row: the revenue of the period, as on the dashboard" }
-- shape = "record"
-- period = true
-- columns = ["ours"]
-- [column]
-- ours = { kind = "money", es = "Aquí: los ingresos de este informe", en = "Here: the revenue of this report" }
-- ---
SELECT revenue AS ours
FROM sale_sums
WHERE place = 1;
