-- ---
-- title = { es = "Lista por decidir", en = "List to decide" }
-- grain = { es = "una fila por candidato de una sucursal sin lista decidida", en = "one row per candidate of a branch without a decided list" }
-- shape = "rows"
-- history = "all"
-- parameters.undecided = { es = "los ids de las sucursales sin lista decidida", en = "the ids of the branches without a decided list" }
-- parameters.listed_before = { es = "los ids de quienes se listaron hace menos de 28 días", en = "the ids of who was listed less than 28 days ago" }
-- columns = ["branch_id", "customer_id", "rank", "reason", "since", "at_stake", "value", "also", "left_out"]
-- [column]
-- branch_id = { kind = "id", es = "Id de sucursal", en = "Branch id" }
-- rank = { kind = "count", es = "N.º", en = "Rank" }
-- reason = { kind = "text", vocabulary = "contact_reason", es = "Motivo", en = "Why" }
-- at_stake = { kind = "money", es = "En juego", en = "At stake" }
-- value = { kind = "money", es = "Valor", en = "Value" }
-- also = { kind = "list", es = "También", en = "Also" }
-- ---
SELECT
    CAST(branch_id AS VARCHAR) AS branch_id,
    CAST(customer_id AS VARCHAR) AS customer_id,
    rank,
    reason,
    since,
    at_stake,
    value,
    also,
    left_out
FROM worklist_rows($listed_before)
WHERE list_contains($undecided, coalesce(CAST(branch_id AS VARCHAR), ''))
ORDER BY branch_id NULLS LAST, rank NULLS LAST, customer_id;
