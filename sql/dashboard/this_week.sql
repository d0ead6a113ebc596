-- ---
-- title = { es = "Esta semana", en = "This week" }
-- grain = { es = "una fila por asunto que conviene mirar: la sucursal que más bajó, los clientes que no se pueden perder, lo agotado", en = "one row per matter to look at: the branch that fell most, customers not to lose, products that are out" }
-- shape = "rows"
-- history = "all"
-- columns = ["matter", "branch", "count", "beside", "change_pct", "amount"]
-- [column]
-- matter = { kind = "text", es = "Asunto", en = "Matter" }
-- count = { total = false, es = "Cuántos", en = "How many" }
-- beside = { kind = "count", es = "Además: los que tienen poco stock", en = "Besides: those with little stock" }
-- change_pct = { kind = "percent", es = "Cambio", en = "Change" }
-- amount = { kind = "money", es = "En juego", en = "At stake" }
-- ---
WITH
-- Few sales say nothing: a branch counts with ten in the window before.
fallen AS (
    SELECT
        'fallen_branch' AS matter,
        branch,
        CAST(NULL AS BIGINT) AS count,
        CAST(NULL AS BIGINT) AS beside,
        percent_of(revenue - previous_revenue, previous_revenue) AS change_pct,
        previous_revenue - revenue AS amount
    FROM branch_comparison
    WHERE
        NOT is_total AND NOT is_nobodys AND previous_sales >= 10
        AND revenue * 4 < previous_revenue * 3
),
spent AS (
    SELECT customer_id, sum(money) AS money
    FROM purchases
    WHERE is_recognised AND local_date > $as_of_date - 365
    GROUP BY customer_id
),
cant_lose AS (
    SELECT
        'cant_lose' AS matter,
        NULL AS branch,
        count(*) AS count,
        NULL AS beside,
        NULL AS change_pct,
        coalesce(sum(spent.money), 0) AS amount
    FROM customer_segments_at(CAST('infinity' AS TIMESTAMP), $as_of_date) AS facts
    LEFT JOIN spent ON facts.customer_id = spent.customer_id
    WHERE facts.rfm_segment = 'cant-lose'
    HAVING count(*) > 0
),
out_of_stock AS (
    SELECT
        'out_of_stock' AS matter,
        NULL AS branch,
        count(*) FILTER (WHERE state = 'out') AS count,
        count(*) FILTER (WHERE state = 'low') AS beside,
        NULL AS change_pct,
        NULL AS amount
    FROM stock_levels
    HAVING count(*) FILTER (WHERE state = 'out') > 0
),
worst AS (
    SELECT *
    FROM fallen
    ORDER BY amount DESC, branch
    LIMIT 1
)
SELECT matter, branch, count, beside, change_pct, amount
FROM worst
UNION ALL
SELECT matter, branch, count, beside, change_pct, amount
FROM cant_lose
UNION ALL
SELECT matter, branch, count, beside, change_pct, amount
FROM out_of_stock
ORDER BY matter;
