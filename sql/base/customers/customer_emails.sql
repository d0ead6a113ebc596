-- ---
-- about = "Who has an address that an order without customer gives; one that two customers share identifies nobody (metrics 4.4)."
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
-- Every row of a number has the same address; asked after grouping, few are looked at.
HAVING NOT is_placeholder(min(email_key));
