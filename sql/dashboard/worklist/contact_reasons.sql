-- ---
-- title = { es = "Motivos para llamar", en = "Reasons to contact" }
-- grain = { es = "una fila por motivo: cuántos clientes de la lista, y cuánto está en juego", en = "one row per reason: how many customers on the list, and how much is at stake" }
-- shape = "rows"
-- history = "all"
-- chart = { kind = "bar", x = "reason", y = "at_stake" }
-- columns = ["reason", "count", "at_stake"]
-- [column]
-- reason = { kind = "text", vocabulary = "contact_reason", es = "Motivo", en = "Why" }
-- at_stake = { kind = "money", total = true, share = true, es = "En juego", en = "At stake" }
-- ---
SELECT
    named.reason,
    count(listed.customer_id) AS count,
    coalesce(sum(listed.at_stake), 0) AS at_stake
FROM (
    SELECT unnest(contact_reason_names()) AS reason, generate_subscripts(contact_reason_names(), 1) AS place
) AS named
LEFT JOIN worklist_rows(CAST([] AS VARCHAR[])) AS listed ON named.reason = listed.reason AND listed.left_out IS NULL
GROUP BY named.reason, named.place
ORDER BY named.place;
