-- ---
-- title = { es = "Por cobrar", en = "Outstanding" }
-- grain = { es = "una fila: lo que aún deben las compras no pagadas, las del período y todas", en = "one row: what unpaid purchases still owe, those of the window and all" }
-- shape = "record"
-- columns = ["outstanding_amount", "outstanding_total"]
-- [column]
-- outstanding_total = { kind = "money", lower_is_better = true, es = "Por cobrar en total: todas las compras no pagadas, de cualquier fecha, menos sus abonos", en = "Outstanding in total: unpaid purchases of any date, less what was paid on them", of = "owing", take = "sum money", section = "6" }
-- outstanding_amount = { of = "owing", take = "sum money", where = "in_window", section = "6" }
-- ---
SELECT
    owed AS outstanding_amount,
    (
        SELECT coalesce(sum(owed), 0)
        FROM owed_purchases
    ) AS outstanding_total
FROM sale_sums
WHERE place = 1;
