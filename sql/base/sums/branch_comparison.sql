-- ---
-- about = "Each branch in the period beside itself in the window before: branch_sums, and all of them together as the dashboard says (metrics 18)."
-- ---
CREATE OR REPLACE TEMP VIEW branch_comparison AS
WITH
figures AS (
    SELECT sums.*, coalesce(branch.code, branch.name) AS branch, branch.id IS NULL AS is_nobodys, FALSE AS is_total
    FROM branch_sums AS sums
    LEFT JOIN branches AS branch ON sums.branch_id = branch.id
    UNION ALL
    -- Worked out once and never added up: who bought at two branches is one customer.
    SELECT
        sale.place,
        NULL AS branch_id,
        sale.revenue,
        sale.sales,
        sale.sales_in_currency,
        sale.buying,
        sale.owed,
        sale.customers,
        clinic.quotes,
        clinic.quotes_accepted + clinic.quotes_converted AS quotes_won,
        clinic.completed,
        clinic.no_show,
        clinic.on_time,
        clinic.promised,
        'total' AS branch,
        FALSE AS is_nobodys,
        TRUE AS is_total
    FROM sale_sums AS sale
    INNER JOIN clinic_sums AS clinic ON sale.place = clinic.place
)
SELECT
    now.*,
    before.revenue AS previous_revenue,
    coalesce(before.sales, 0) AS previous_sales,
    sum(now.revenue) FILTER (WHERE now.is_total) OVER () AS whole_revenue
FROM figures AS now
LEFT JOIN figures AS before
    ON
        before.place = 2
        AND now.is_total = before.is_total
        AND now.branch_id IS NOT DISTINCT FROM before.branch_id
WHERE now.place = 1;
