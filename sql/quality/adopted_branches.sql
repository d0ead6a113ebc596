-- ---
-- title = { es = "Sucursales adoptadas", en = "Adopted branches" }
-- grain = { es = "una fila por sucursal elegida que no nombra organización y es de la única que hay", en = "one row per branch of the scope that names no organization and belongs to the only one" }
-- shape = "list"
-- history = "none"
-- columns = ["branch"]
-- ---
SELECT coalesce(code, name, CAST(id AS VARCHAR)) AS branch
FROM branches
WHERE organization_id IS NULL AND getvariable('adopts')
ORDER BY coalesce(code, ''), id;
