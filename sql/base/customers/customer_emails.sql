-- ---
-- about = "The customer with the email that an order without a customer gives; a shared email identifies nobody (metrics 4.3)."
-- internal = true
-- ---
CREATE OR REPLACE TEMP VIEW customer_emails AS
SELECT
    email_no,
    min(customer_id) AS customer_id,
    count(*) AS customers
FROM address_holders
WHERE last_asked_at >= getvariable('orders_from')
GROUP BY email_no
-- All rows with one email_no have the same address. Testing it after grouping looks at fewer rows.
HAVING NOT is_placeholder(min(email_key));
