-- ---
-- title = { es = "Sucursales", en = "Branches" }
-- grain = { es = "una fila por sucursal, una para lo que no tiene sucursal, y la suma de todas (total)", en = "one row per branch, one for what has no branch, and all of them together (total)" }
-- shape = "rows"
-- period = true
-- parameters.rank = { es = "la columna por la que se ordena, la cifra mayor primero; branch para el orden por código", en = "the column to order by, the largest figure first; branch for the order of codes" }
-- bases = ["previous_sales", "quotes", "appointments_decided", "deliveries_promised"]
-- columns = [
--     "branch", "total_revenue", "revenue_rank", "revenue_share_pct", "previous_revenue", "revenue_growth_pct",
--     "sales_count", "average_ticket", "customers_buying", "customers_new", "quote_conversion_pct",
--     "attendance_pct", "on_time_pct", "outstanding_amount",
-- ]
-- [column]
-- branch = { kind = "text", vocabulary = "branch_row", es = "Sucursal", en = "Branch" }
-- revenue_rank = { kind = "count", es = "Lugar: 1 más las sucursales con más ingresos", en = "Rank: 1 plus the branches with more revenue", of = "sales", where = "in_window and has_branch = true", formula = "1 + branches ahead", section = "18" }
-- revenue_share_pct = { kind = "percent", es = "Parte: de los ingresos de todas", en = "Share: of the revenue of all", of = "sales", where = "in_window and branch = $row", formula = "total_revenue / total_revenue of total * 100", section = "18" }
-- revenue_growth_pct = { over = "previous_sales", of = "sales", where = "in_window and branch = $row", formula = "(total_revenue - previous_revenue) / previous_revenue * 100", section = "18" }
-- quote_conversion_pct = { kind = "percent", needs = "quotes", over = "quotes", es = "Conversión: presupuestos aceptados o convertidos / total", en = "Conversion: accepted or converted quotes / total", of = "quotes", where = "in_window and branch = $row", formula = "count kept / count promised * 100", section = "18" }
-- attendance_pct = { needs = "appointments", over = "appointments_decided", of = "appointments", where = "in_window and branch = $row", formula = "count kept / count promised * 100", section = "18" }
-- on_time_pct = { needs = "lab_work_orders", over = "deliveries_promised", of = "deliveries", where = "in_window and branch = $row", formula = "count kept / count promised * 100", section = "18" }
-- total_revenue = { of = "sales", take = "sum money", where = "in_window and branch = $row", section = "18" }
-- previous_revenue = { of = "sales", take = "sum money", where = "in_previous and branch = $row", section = "18" }
-- sales_count = { of = "sales", take = "count", where = "in_window and branch = $row", section = "18" }
-- average_ticket = { of = "sales", where = "in_window and branch = $row", formula = "total_revenue / count money", section = "18" }
-- customers_buying = { of = "purchases", take = "count distinct customer", where = "in_window and attributed = true and branch = $row", section = "18" }
-- customers_new = { of = "customers", take = "count", where = "in_window and branch = $row", section = "18" }
-- outstanding_amount = { of = "owing", take = "sum money", where = "in_window and branch = $row", section = "18" }
-- ---
WITH
lines AS (
    SELECT
        branch,
        branch_id,
        is_nobodys,
        is_total,
        revenue AS total_revenue,
        CASE
            WHEN NOT is_nobodys AND NOT is_total
                THEN rank() OVER (PARTITION BY is_nobodys, is_total ORDER BY revenue DESC)
        END AS revenue_rank,
        percent_of(revenue, whole_revenue) AS revenue_share_pct,
        previous_revenue,
        percent_of(revenue - previous_revenue, previous_revenue) AS revenue_growth_pct,
        sales AS sales_count,
        money_per(revenue, sales_in_currency) AS average_ticket,
        buying AS customers_buying,
        customers AS customers_new,
        percent_of(quotes_won, quotes) AS quote_conversion_pct,
        percent_of(completed, completed + no_show) AS attendance_pct,
        percent_of(on_time, promised) AS on_time_pct,
        owed AS outstanding_amount,
        previous_sales,
        quotes,
        completed + no_show AS appointments_decided,
        promised AS deliveries_promised
    FROM branch_comparison
)
SELECT
    branch,
    total_revenue,
    revenue_rank,
    revenue_share_pct,
    previous_revenue,
    revenue_growth_pct,
    sales_count,
    average_ticket,
    customers_buying,
    customers_new,
    quote_conversion_pct,
    attendance_pct,
    on_time_pct,
    outstanding_amount,
    previous_sales,
    quotes,
    appointments_decided,
    deliveries_promised
FROM lines
-- Rows without a branch are told only where there are some.
WHERE
    NOT is_nobodys
    OR total_revenue <> 0 OR coalesce(previous_revenue, 0) <> 0 OR sales_count > 0 OR customers_buying > 0
    OR customers_new > 0 OR outstanding_amount <> 0
    OR coalesce(quote_conversion_pct, 0) <> 0 OR coalesce(attendance_pct, 0) <> 0 OR coalesce(on_time_pct, 0) <> 0
ORDER BY
    is_total,
    is_nobodys,
    CASE
        WHEN $rank = 'total_revenue' THEN total_revenue
        WHEN $rank = 'revenue_rank' THEN revenue_rank
        WHEN $rank = 'revenue_share_pct' THEN revenue_share_pct
        WHEN $rank = 'previous_revenue' THEN previous_revenue
        WHEN $rank = 'revenue_growth_pct' THEN revenue_growth_pct
        WHEN $rank = 'sales_count' THEN sales_count
        WHEN $rank = 'average_ticket' THEN average_ticket
        WHEN $rank = 'customers_buying' THEN customers_buying
        WHEN $rank = 'customers_new' THEN customers_new
        WHEN $rank = 'quote_conversion_pct' THEN quote_conversion_pct
        WHEN $rank = 'attendance_pct' THEN attendance_pct
        WHEN $rank = 'on_time_pct' THEN on_time_pct
        WHEN $rank = 'outstanding_amount' THEN outstanding_amount
    END DESC NULLS LAST,
    branch,
    branch_id;
