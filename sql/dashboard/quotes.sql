-- ---
-- title = { es = "Presupuestos", en = "Quotes" }
-- grain = { es = "una fila: presupuestos creados en el período, según lo que fue de ellos", en = "one row: quotes created in the window, by what became of them" }
-- shape = "record"
-- uses = "clinic_sums"
-- needs = "quotes"
-- columns = [
--     "total", "open", "accepted", "converted", "rejected", "expired", "unknown", "conversion_pct",
--     "decided_conversion_pct", "average_value", "open_value",
-- ]
-- [column]
-- open = { kind = "count", es = "Abiertos: borradores y enviados que no han vencido", en = "Open: drafts and sent quotes that have not expired" }
-- accepted = { kind = "count", es = "Aceptados", en = "Accepted" }
-- converted = { kind = "count", es = "Convertidos en trabajo: también los aceptados que nombran su orden de trabajo", en = "Converted to work: accepted ones that name their work order, too" }
-- rejected = { kind = "count", es = "Rechazados", en = "Rejected" }
-- expired = { kind = "count", es = "Vencidos: también los abiertos cuya fecha pasó", en = "Expired: open ones whose date has passed, too" }
-- conversion_pct = { kind = "percent", es = "Conversión: (aceptados + convertidos) / total", en = "Conversion: (accepted + converted) / total" }
-- decided_conversion_pct = { kind = "percent", es = "Tasa de cierre: (aceptados + convertidos) / los ya resueltos", en = "Decided conversion: (accepted + converted) / those decided" }
-- average_value = { kind = "money", es = "Valor promedio: de los que tienen monto en la moneda del informe", en = "Average value: of those with an amount in the report's currency" }
-- open_value = { kind = "money", es = "Valor abierto: monto de los abiertos", en = "Open value: amount of the open ones" }
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
