-- ---
-- about = "Every order and work order, and by which rule it is no recognised sale (metrics 5 and 17)."
-- internal = true
-- steps = ["void", "quote", "linked", "unpaid", "not_kept", "other_currency"]
-- adjustment = "not_kept"
-- ---
CREATE OR REPLACE TEMP VIEW sales_ledger AS
SELECT
    table_name, id, number, branch_id, customer_id, status, payment_status, local_date AS date,
    gross, amount, no_money, channel, CAST(NULL AS HUGEINT) AS measure, CAST(NULL AS BOOLEAN) AS kept,
    is_in_period(created_at) AS in_window,
    is_in_previous(created_at, local_at) AS in_previous,
    created_at >= getvariable('month_at') AS in_month,
    created_at >= getvariable('month_at') AND is_over(local_date) AS in_done_days,
    weighs_weekdays(local_date, local_day(getvariable('month_at'))) AS in_weighing,
    is_of_customer(customer_id) AS of_customer,
    coalesce(status, 'unknown') AS stored_status,
    CASE
        WHEN is_void THEN 'void'
        WHEN is_quote THEN 'quote'
        WHEN is_linked THEN 'linked'
        WHEN NOT is_paid THEN 'unpaid'
    END AS left_at
FROM sale_rows
