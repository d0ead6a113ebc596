-- ---
-- title = { es = "A quién llamar", en = "Whom to contact" }
-- grain = { es = "una fila: cuántos clientes tienen un motivo, y cuántos se listarían", en = "one row: how many customers have a reason, and how many would be listed" }
-- shape = "record"
-- history = "all"
-- columns = ["candidates", "listed"]
-- ---
SELECT
    count(*) AS candidates,
    count(*) FILTER (WHERE left_out IS NULL) AS listed
FROM worklist_rows(CAST([] AS VARCHAR[]));
