-- ---
-- about = "Every quote, with what became of it (metrics 6 and 17)."
-- internal = true
-- steps = ["no_amount", "other_currency"]
-- ---
CREATE OR REPLACE TEMP VIEW quotes_ledger AS
SELECT
    'quotes' AS table_name,
    quote.id,
    quote.quote_number AS number,
    quote.branch_id,
    customer.id AS customer_id,
    quote.status,
    CAST(NULL AS VARCHAR) AS payment_status,
    CAST(quote.local_at AS DATE) AS date,
    CASE WHEN in_currency(quote.currency) THEN coalesce(quote.total_amount, 0) ELSE 0 END AS gross,
    CASE WHEN in_currency(quote.currency) THEN coalesce(quote.total_amount, 0) ELSE 0 END AS amount,
    CASE
        WHEN NOT in_currency(quote.currency) THEN 'other_currency'
        WHEN quote.total_amount IS NULL THEN 'no_amount'
    END AS no_money,
    CAST(NULL AS HUGEINT) AS measure,
    quote_bucket(quote.status, quote.expiration_date, quote.converted_to_work_order_id) IN ('accepted', 'converted') AS kept,
    quote_bucket(quote.status, quote.expiration_date, quote.converted_to_work_order_id) AS outcome,
    coalesce(quote.status, 'unknown') AS stored_status,
    is_in_period(quote.created_at) AS in_window,
    is_in_previous(quote.created_at, quote.local_at) AS in_previous,
    is_of_customer(quote.customer_id) AS of_customer,
    CAST(NULL AS VARCHAR) AS left_at
FROM quotes AS quote
LEFT JOIN customers AS customer ON quote.customer_id = customer.id
