-- ---
-- title = { es = "Mezcla por canal", en = "Mix by channel" }
-- grain = { es = "una fila: el cambio según cuántas ventas hubo, su reparto por canal y el ticket", en = "one row: the change by how many sales there were, their shares by channel, and the ticket" }
-- shape = "record"
-- depends_on = "previous"
-- period = true
-- model = "split_mix"
-- columns = ["sales", "mix", "ticket"]
-- [column]
-- sales = { kind = "money", es = "Ventas: porque hubo más o menos", en = "Sales: that there were more or fewer" }
-- mix = { kind = "money", es = "Mezcla: que se repartieron de otra manera", en = "Mix: that they were shared out in another way" }
-- ticket = { kind = "money", es = "Ticket: que cada una trajo más o menos", en = "Ticket: that each brought more or less" }
-- ---
SELECT
    sales_before,
    sales_now,
    amount_before,
    amount_now
FROM driver_totals('channel')
ORDER BY key NULLS LAST;
