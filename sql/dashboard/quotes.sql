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
-- open = { kind = "count", es = "Abiertos: borradores y enviados que no han vencido", en = "Open: drafts and sent quotes that have not expired" }
-- accepted = { kind = "count", es = "Aceptados", en = "Accepted" }
-- converted = { kind = "count", es = "Convertidos en trabajo", en = "Converted to work" }
-- rejected = { kind = "count", es = "Rechazados", en = "Rejected" }
-- expired = { kind = "count", es = "Vencidos: también los abiertos cuya fecha pasó", en = "Expired: open ones whose date has passed, too" }
-- conversion_pct = { kind = "percent", es = "Conversión: (aceptados + convertidos) / total", en = "Conversion: (accepted + converted) / total" }
-- decided_conversion_pct = { kind = "percent", es = "Conversión de decididos: (aceptados + convertidos) / los ya resueltos", en = "Decided conversion: (accepted + converted) / those decided" }
-- average_value = { kind = "money", es = "Valor promedio: de los que tienen monto en la moneda del informe", en = "Average value: of those with an amount in the report's currency" }
-- open_value = { kind = "money", es = "Valor abierto: monto de los abiertos", en = "Open value: amount of the open ones" }
-- ---
WITH
judged AS (
    SELECT
        quote_bucket(status, expiration_date) AS bucket,
        -- Only quotes with an amount count in the mean.
        CASE WHEN in_currency(currency) THEN total_amount END AS amount
    FROM quotes
    WHERE created_at >= $from_at AND created_at < $until_at
),
counted AS (
    SELECT
        count(*) AS total,
        count(*) FILTER (WHERE bucket = 'open') AS open,
        count(*) FILTER (WHERE bucket = 'accepted') AS accepted,
        count(*) FILTER (WHERE bucket = 'converted') AS converted,
        count(*) FILTER (WHERE bucket = 'rejected') AS rejected,
        count(*) FILTER (WHERE bucket = 'expired') AS expired,
        count(*) FILTER (WHERE bucket = 'unknown') AS unknown,
        sum(amount) AS amount,
        count(amount) AS with_amount,
        coalesce(sum(amount) FILTER (WHERE bucket = 'open'), 0) AS open_value
    FROM judged
)
SELECT
    total,
    open,
    accepted,
    converted,
    rejected,
    expired,
    unknown,
    percent_of(accepted + converted, total) AS conversion_pct,
    percent_of(accepted + converted, accepted + converted + rejected + expired) AS decided_conversion_pct,
    money_per(amount, with_amount) AS average_value,
    open_value
FROM counted;
