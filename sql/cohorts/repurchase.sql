-- ---
-- title = { es = "Intervalo de recompra", en = "Repurchase interval" }
-- grain = { es = "una fila por lapso: después de la primera compra, de las siguientes, de todas", en = "one row per kind of spell: after the first purchase, after later ones, after all" }
-- shape = "rows"
-- history = "all"
-- parameters.curves = { es = "una fila por lapso, como JSON", en = "one row per kind of spell, as JSON" }
-- columns = [
--     "after", "spells", "returned", "open", "p25_days", "median_days", "p75_days", "returned_182d_pct",
--     "returned_365d_pct", "returned_547d_pct", "returned_730d_pct", "returned_1095d_pct",
-- ]
-- [column]
-- after = { kind = "text", vocabulary = "spell", es = "Después de", en = "After" }
-- spells = { kind = "count", es = "Lapsos: de una fecha de compra a la siguiente, o hasta hoy", en = "Spells: from a purchase date to the next, or to as-of" }
-- returned = { kind = "count", es = "Volvieron", en = "Returned" }
-- open = { kind = "count", es = "Abiertos: aún no vuelven", en = "Open: have not returned yet" }
-- p25_days = { kind = "count", es = "25 % vuelve en: días (Kaplan–Meier)", en = "25 % return within: days (Kaplan–Meier)" }
-- median_days = { kind = "count", es = "La mitad vuelve en: días", en = "Half return within: days" }
-- p75_days = { kind = "count", es = "75 % vuelve en: días", en = "75 % return within: days" }
-- returned_182d_pct = { kind = "percent", es = "% que vuelve en 182 días", en = "% return within 182 days" }
-- returned_365d_pct = { kind = "percent", es = "% que vuelve en 365 días", en = "% return within 365 days" }
-- returned_547d_pct = { kind = "percent", es = "% que vuelve en 547 días", en = "% return within 547 days" }
-- returned_730d_pct = { kind = "percent", es = "% que vuelve en 730 días", en = "% return within 730 days" }
-- returned_1095d_pct = { kind = "percent", es = "% que vuelve en 1095 días", en = "% return within 1095 days" }
-- ---
SELECT
    after, spells, returned, open, p25_days, median_days, p75_days, returned_182d_pct, returned_365d_pct,
    returned_547d_pct, returned_730d_pct, returned_1095d_pct
FROM (
    SELECT
        unnest(
            from_json(
                $curves,
                '[{"place": "BIGINT", "after": "VARCHAR", "spells": "BIGINT", "returned": "BIGINT", "open": "BIGINT",
                "p25_days": "BIGINT", "median_days": "BIGINT", "p75_days": "BIGINT",
                "returned_182d_pct": "DECIMAL(5, 2)", "returned_365d_pct": "DECIMAL(5, 2)",
                "returned_547d_pct": "DECIMAL(5, 2)", "returned_730d_pct": "DECIMAL(5, 2)",
                "returned_1095d_pct": "DECIMAL(5, 2)"}]'
            ),
            max_depth := 2
        )
) AS curves
ORDER BY place;
