-- ---
-- about = "Who has an address that an order without customer gives; one that two customers share identifies nobody (metrics 4.3)."
-- ---
CREATE OR REPLACE TEMP VIEW customer_emails AS
WITH
-- Most addresses are asked for by no order: those are not even compared.
sought AS (
    SELECT DISTINCT
        branch_id,
        email_key
    FROM orders
    WHERE
        created_at >= getvariable('orders_from')
        AND customer_id IS NULL AND email_key IS NOT NULL
        AND NOT is_placeholder(email_key)
)
SELECT
    customer.branch_id,
    sought.email_key,
    min(customer.id) AS customer_id,
    count(*) AS customers
FROM customers AS customer
-- Only customers of the order's own branch; an order without branch has none.
INNER JOIN sought ON customer.branch_id = sought.branch_id AND customer.email_key = sought.email_key
GROUP BY customer.branch_id, sought.email_key;
