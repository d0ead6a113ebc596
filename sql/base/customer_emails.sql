-- ---
-- about = "Who has an address in a branch; an address that two customers share identifies nobody (metrics 4.3)."
-- ---
CREATE OR REPLACE TEMP VIEW customer_emails AS
SELECT
    branch_id,
    email_key(email) AS email,
    min(id) AS customer_id,
    count(*) AS customers
FROM customers
WHERE email_key(email) IS NOT NULL AND branch_id IS NOT NULL
GROUP BY branch_id, email_key(email);
