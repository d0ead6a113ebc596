-- ---
-- title = { es = "Segmentos RFM", en = "RFM segments" }
-- grain = { es = "una fila por segmento: sus clientes ahora, y cómo se movieron desde el final de la ventana anterior", en = "one row per segment: its customers now, and how they moved since the end of the previous window" }
-- shape = "rows"
-- uses = "segment_movement"
-- history = "all"
-- group_size = ["customers", "previous_customers", "joined", "departed"]
-- period = true
-- chart = { kind = "bar", x = "segment", y = "customers" }
-- [columns]
-- segment = { kind = "text", words = "rfm_segment", es = "Segmento", en = "Segment" }
-- customers = { kind = "count", total = true, es = "Clientes", en = "Customers" }
-- customers_pct = { kind = "percent", share = true, es = "% de clientes: de todos los del alcance", en = "% of customers: of all in the scope" }
-- purchases = { kind = "count", total = true, es = "Compras", en = "Purchases" }
-- total_spent = { kind = "money", total = true, es = "Gastado", en = "Spent" }
-- spent_pct = { kind = "percent", share = true, es = "% de lo gastado: de lo que gastaron todos", en = "% of spent: of what all spent" }
-- average_lifetime_value = { kind = "money", es = "Valor de vida promedio: gastado / clientes", en = "Average lifetime value: spent / customers" }
-- previous_customers = { kind = "count", total = true, es = "Clientes antes: al terminar la ventana anterior", en = "Customers before: at the end of the previous window" }
-- joined = { kind = "count", total = true, es = "Entraron: estaban en otro segmento, o no existían", en = "Joined: were in another segment, or did not exist" }
-- departed = { kind = "count", total = true, es = "Salieron: están ahora en otro segmento", en = "Left: are in another segment now" }
-- ---
SELECT
    segment,
    customers,
    customers_pct,
    purchases,
    total_spent,
    spent_pct,
    average_lifetime_value,
    previous_customers,
    joined,
    departed
FROM segment_movement('rfm', $as_of_date, $previous_until, $previous_to)
ORDER BY place;
