-- ---
-- about = "Every order and work order, and by which rule it is no purchase (metrics 5 and 17)."
-- internal = true
-- steps = ["void", "quote", "linked", "not_kept"]
-- adjustment = "not_kept"
-- ---
CREATE OR REPLACE TEMP VIEW purchases_ledger AS
SELECT
    table_name, id, number, branch_id, customer_id, status, payment_status, local_date AS date,
    gross, amount, no_money, CAST(NULL AS HUGEINT) AS measure, CAST(NULL AS BOOLEAN) AS kept,
    customer_id IS NOT NULL AS attributed,
    is_in_period(created_at) AS in_window,
    is_in_previous(created_at, local_at) AS in_previous,
    created_at >= getvariable('active_from') AS in_active_days,
    is_of_customer(customer_id) AS of_customer,
    -- In the period at least twice.
    (
        count(*) FILTER (WHERE is_in_period(created_at) AND is_purchase(is_void, is_quote, is_linked))
            OVER (PARTITION BY customer_id)
        >= 2
    ) AS repeated,
    (
        count(*) FILTER (
            WHERE is_in_previous(created_at, local_at) AND is_purchase(is_void, is_quote, is_linked)
        )
            OVER (PARTITION BY customer_id)
        >= 2
    ) AS repeated_before,
    CASE
        WHEN is_void THEN 'void'
        WHEN is_quote THEN 'quote'
        WHEN is_linked THEN 'linked'
    END AS left_at
FROM sale_rows
