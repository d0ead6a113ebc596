-- ---
-- title = { es = "Presupuestos", en = "Quotes" }
-- grain = { es = "una fila: presupuestos creados en el período, según lo que fue de ellos", en = "one row: quotes created in the window, by what became of them" }
-- shape = "record"
-- needs = "quotes"
-- columns = [
--     "total", "open", "accepted", "converted", "rejected", "expired", "unknown", "conversion_pct",
--     "decided_conversion_pct", "average_value", "open_value",
-- ]
-- [column]
-- open = { kind = "count", es = "Abiertos: borradores y enviados que no han vencido", en = "Open: drafts and sent quotes that have not expired", of = "quotes", take = "count", where = "in_window and outcome = open", section = "6" }
-- accepted = { kind = "count", es = "Aceptados", en = "Accepted", of = "quotes", take = "count", where = "in_window and outcome = accepted", section = "6" }
-- converted = { kind = "count", es = "Convertidos en trabajo: también los aceptados que nombran su orden de trabajo", en = "Converted to work: accepted ones that name their work order, too", of = "quotes", take = "count", where = "in_window and outcome = converted", section = "6" }
-- rejected = { kind = "count", es = "Rechazados", en = "Rejected", of = "quotes", take = "count", where = "in_window and outcome = rejected", section = "6" }
-- expired = { kind = "count", es = "Vencidos: también los abiertos cuya fecha pasó", en = "Expired: open ones whose date has passed, too", of = "quotes", take = "count", where = "in_window and outcome = expired", section = "6" }
-- conversion_pct = { kind = "percent", es = "Conversión: (aceptados + convertidos) / total", en = "Conversion: (accepted + converted) / total", of = "quotes", where = "in_window", formula = "(accepted + converted) / total * 100", section = "6" }
-- decided_conversion_pct = { kind = "percent", es = "Tasa de cierre: (aceptados + convertidos) / los ya resueltos", en = "Decided conversion: (accepted + converted) / those decided", of = "quotes", where = "in_window", formula = "(accepted + converted) / (accepted + converted + rejected + expired) * 100", section = "6" }
-- average_value = { kind = "money", es = "Valor promedio: de los que tienen monto en la moneda del informe", en = "Average value: of those with an amount in the report's currency", of = "quotes", where = "in_window", formula = "sum money / count money", section = "6" }
-- open_value = { kind = "money", es = "Valor abierto: monto de los abiertos", en = "Open value: amount of the open ones", of = "quotes", take = "sum money", where = "in_window and outcome = open", section = "6" }
-- total = { of = "quotes", take = "count", where = "in_window", section = "6" }
-- unknown = { of = "quotes", take = "count", where = "in_window and outcome = unknown", section = "6" }
-- ---
SELECT
    quotes AS total,
    quotes_open AS open,
    quotes_accepted AS accepted,
    quotes_converted AS converted,
    quotes_rejected AS rejected,
    quotes_expired AS expired,
    quotes_unknown AS unknown,
    percent_of(quotes_accepted + quotes_converted, quotes) AS conversion_pct,
    percent_of(
        quotes_accepted + quotes_converted, quotes_accepted + quotes_converted + quotes_rejected + quotes_expired
    ) AS decided_conversion_pct,
    money_per(quoted, quotes_with_amount) AS average_value,
    quoted_open AS open_value
FROM clinic_sums
WHERE place = 1;
