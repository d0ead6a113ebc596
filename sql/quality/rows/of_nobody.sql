-- ---
-- title = { es = "De nadie", en = "Of nobody" }
-- grain = { es = "una fila por tabla con filas que no son de nadie: su sucursal u organización no está en los datos, o no nombran ninguna y nadie las adopta", en = "one row per table with rows of no scope: their branch or organization is not in the data, or they name none and nobody adopts them" }
-- shape = "rows"
-- history = "none"
-- columns = ["table_name", "count", "amount", "ids"]
-- [column]
-- count = { total = false, es = "Filas", en = "Rows" }
-- amount = { kind = "money", es = "Monto: tal como está, en cualquier moneda", en = "Amount: as it stands, in any currency" }
-- ids = { kind = "list", identifier = true, es = "Ids: los primeros", en = "Ids: the first ones" }
-- ---
SELECT
    table_name,
    CAST(sum(copies) AS BIGINT) AS count,
    sum(amount * copies) AS amount,
    list_slice(list(DISTINCT id ORDER BY id), 1, 10) AS ids
FROM scope_unowned
GROUP BY table_name
ORDER BY table_name;
