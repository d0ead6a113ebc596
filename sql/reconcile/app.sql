-- ---
-- title = { es = "La cifra de la app", en = "The app's figure" }
-- grain = { es = "una fila: totalRevenue, como la app la calcula; vacía si no se puede saber", en = "one row: totalRevenue as the app works it out; empty where it cannot be known" }
-- shape = "record"
-- period = true
-- columns = ["app"]
-- [column]
-- app = { kind = "money", es = "La app: totalRevenue de su tablero", en = "The app: totalRevenue of its dashboard" }
-- ---
SELECT unless_cut(['orders', 'lab_work_orders'], pos + lab) AS app
FROM app_sums;
