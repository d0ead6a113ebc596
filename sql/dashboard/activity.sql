-- ---
-- title = { es = "Actividad", en = "Activity" }
-- grain = { es = "una fila: filas del período, cualquiera sea su estado", en = "one row: rows of the window, whatever their status" }
-- shape = "record"
-- columns = ["orders_count", "work_orders_count", "quotes_count", "appointments_count"]
-- [column]
-- orders_count = { kind = "count", es = "Pedidos: creados en el período, cualquier estado", en = "Orders: created in the period, any status" }
-- work_orders_count = { kind = "count", needs = "lab_work_orders", es = "Órdenes de trabajo: creadas en el período, cualquier estado", en = "Work orders: created in the period, any status" }
-- quotes_count = { kind = "count", needs = "quotes", es = "Presupuestos: creados en el período", en = "Quotes: created in the period" }
-- appointments_count = { kind = "count", needs = "appointments", es = "Citas: con fecha en el período", en = "Appointments: dated in the period" }
-- ---
SELECT
    (
        SELECT count(*)
        FROM order_facts
        WHERE local_date BETWEEN $from_date AND $to_date
    ) AS orders_count,
    (
        SELECT count(*)
        FROM work_order_facts
        WHERE local_date BETWEEN $from_date AND $to_date
    ) AS work_orders_count,
    (
        SELECT count(*)
        FROM quotes
        WHERE created_at >= $from_at AND created_at < $until_at
    ) AS quotes_count,
    (
        SELECT count(*)
        FROM appointments
        WHERE appointment_date BETWEEN $from_date AND $to_date
    ) AS appointments_count;
