-- ---
-- title = { es = "Actividad", en = "Activity" }
-- grain = { es = "una fila: filas del período, cualquiera sea su estado", en = "one row: rows of the window, whatever their status" }
-- shape = "record"
-- columns = ["orders_count", "work_orders_count", "quotes_count", "appointments_count"]
-- [column]
-- orders_count = { kind = "count", es = "Pedidos: creados en el período, cualquier estado", en = "Orders: created in the period, any status", of = "sales", take = "count every", where = "in_window and table_name = orders", section = "6" }
-- work_orders_count = { kind = "count", needs = "lab_work_orders", es = "Órdenes de trabajo: creadas en el período, cualquier estado", en = "Work orders: created in the period, any status", of = "work_orders", take = "count", where = "in_window", section = "6" }
-- quotes_count = { kind = "count", needs = "quotes", es = "Presupuestos: creados en el período", en = "Quotes: created in the period", of = "quotes", take = "count", where = "in_window", section = "6" }
-- appointments_count = { kind = "count", needs = "appointments", es = "Citas: con fecha en el período", en = "Appointments: dated in the period", of = "appointments", take = "count", where = "in_window", section = "6" }
-- ---
SELECT
    sale.orders AS orders_count,
    sale.work_orders AS work_orders_count,
    clinic.quotes AS quotes_count,
    clinic.appointments AS appointments_count
FROM sale_sums AS sale
INNER JOIN clinic_sums AS clinic ON sale.place = clinic.place
WHERE sale.place = 1;
