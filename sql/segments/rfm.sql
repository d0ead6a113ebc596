-- ---
-- title = { es = "Segmentos RFM", en = "RFM segments" }
-- grain = "one row per segment: its customers now, and how they moved since the end of the previous window"
-- shape = "rows"
-- uses = "customer_segments"
-- history = "all"
-- period = true
-- [columns]
-- segment = { kind = "text", words = "rfm_segment", es = "Segmento", en = "Segment" }
-- customers = { kind = "count", es = "Clientes", en = "Customers" }
-- customers_pct = { kind = "percent", share = true, es = "% de clientes: de todos los del alcance", en = "% of customers: of all in the scope" }
-- purchases = { kind = "count", es = "Compras", en = "Purchases" }
-- total_spent = { kind = "money", es = "Gastado", en = "Spent" }
-- spent_pct = { kind = "percent", share = true, es = "% de lo gastado: de lo que gastaron todos", en = "% of spent: of what all spent" }
-- average_lifetime_value = { kind = "money", es = "Valor de vida promedio: gastado / clientes", en = "Average lifetime value: spent / customers" }
-- previous_customers = { kind = "count", es = "Clientes antes: al terminar la ventana anterior", en = "Customers before: at the end of the previous window" }
-- joined = { kind = "count", es = "Entraron: estaban en otro segmento, o no existían", en = "Joined: were in another segment, or did not exist" }
-- departed = { kind = "count", es = "Salieron: están ahora en otro segmento", en = "Left: are in another segment now" }
-- ---
WITH
now AS (
    SELECT customer_id, rfm_segment AS segment, purchases, total_spent
    FROM customer_segments_at(CAST('infinity' AS TIMESTAMP), $as_of_date)
),
-- The same customers as they stood when the previous window ended.
before AS (
    SELECT customer_id, rfm_segment AS segment
    FROM customer_segments_at($previous_until, $previous_to)
),
-- A customer without a segment before did not exist then; nobody ceases to exist.
moved AS (
    SELECT
        now.segment,
        before.segment AS previous_segment,
        now.purchases,
        now.total_spent
    FROM now
    LEFT JOIN before ON now.customer_id = before.customer_id
),
held AS (
    SELECT
        segment,
        count(*) AS customers,
        sum(purchases) AS purchases,
        sum(total_spent) AS total_spent,
        count(*) FILTER (WHERE previous_segment IS DISTINCT FROM segment) AS joined
    FROM moved
    GROUP BY segment
),
held_before AS (
    SELECT
        previous_segment,
        count(*) AS customers,
        count(*) FILTER (WHERE previous_segment IS DISTINCT FROM segment) AS departed
    FROM moved
    WHERE previous_segment IS NOT NULL
    GROUP BY previous_segment
),
-- Every segment has its row, also the empty ones.
named AS (
    SELECT unnest(rfm_segments()) AS segment, generate_subscripts(rfm_segments(), 1) AS place
),
whole AS (
    SELECT sum(customers) AS customers, sum(total_spent) AS total_spent
    FROM held
)
SELECT
    named.segment,
    coalesce(held.customers, 0) AS customers,
    percent_of(coalesce(held.customers, 0), whole.customers) AS customers_pct,
    coalesce(held.purchases, 0) AS purchases,
    coalesce(held.total_spent, 0) AS total_spent,
    percent_of(coalesce(held.total_spent, 0), whole.total_spent) AS spent_pct,
    money_per(held.total_spent, held.customers) AS average_lifetime_value,
    CASE WHEN $previous_to IS NOT NULL THEN coalesce(held_before.customers, 0) END AS previous_customers,
    CASE WHEN $previous_to IS NOT NULL THEN coalesce(held.joined, 0) END AS joined,
    CASE WHEN $previous_to IS NOT NULL THEN coalesce(held_before.departed, 0) END AS departed
FROM named
LEFT JOIN held ON named.segment = held.segment
LEFT JOIN held_before ON named.segment = held_before.previous_segment
CROSS JOIN whole
ORDER BY named.place;
