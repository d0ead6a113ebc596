-- ---
-- title = { es = "Segmentos RFM", en = "RFM segments" }
-- grain = { es = "una fila por segmento: sus clientes ahora, y cómo se movieron desde el final de la ventana anterior", en = "one row per segment: its customers now, and how they moved since the end of the previous window" }
-- shape = "rows"
-- history = "all"
-- group_size = ["customers", "previous_customers", "joined", "departed"]
-- period = true
-- chart = { kind = "bar", x = "segment", y = "customers" }
-- columns = [
--     "segment", "customers", "customers_pct", "purchases", "total_spent", "spent_pct",
--     "average_lifetime_value", "previous_customers", "joined", "departed",
-- ]
-- [column]
-- segment = { vocabulary = "rfm_segment" }
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
