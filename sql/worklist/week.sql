-- ---
-- title = { es = "Semana", en = "Week" }
-- grain = { es = "una fila: la semana de la lista, y si está decidida", en = "one row: the week of the list, and whether it is decided" }
-- shape = "record"
-- history = "all"
-- parameters.week = { es = "la semana ISO", en = "the ISO week" }
-- parameters.decided = { es = "TRUE: la lista está decidida", en = "TRUE: the list is decided" }
-- parameters.undecided = { es = "los ids de las sucursales sin lista decidida", en = "the ids of the branches without a decided list" }
-- columns = ["week", "decided"]
-- [column]
-- week = { kind = "text", es = "Semana", en = "Week" }
-- decided = { kind = "flag", es = "Decidida: si no, es lo que se listaría ahora", en = "Decided: otherwise it is what would be listed now" }
-- ---
WITH
-- Customers without a branch have a list of their own, where there are such candidates.
without_branch AS (
    SELECT count(*) AS candidates
    FROM contact_candidates
    WHERE branch_id IS NULL
)
SELECT
    CAST($week AS VARCHAR) AS week,
    CAST($decided AS BOOLEAN) AND NOT (list_contains($undecided, '') AND candidates > 0) AS decided
FROM without_branch;
