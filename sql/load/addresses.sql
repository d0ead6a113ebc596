-- The addresses that orders without a customer give and a customer of their branch has, numbered: so that whose an
-- order is (metrics 4.4) is found by comparing numbers, and no report compares addresses.
CREATE TABLE raw.addresses AS
WITH
asked AS (
    SELECT
        branch_id,
        email_key(email) AS email_key,
        max(created_at) AS last_asked_at
    FROM staged_orders
    WHERE NOT refused AND customer_id IS NULL AND branch_id IS NOT NULL AND email_key(email) IS NOT NULL
    GROUP BY branch_id, email_key(email)
),
had AS (
    SELECT branch_id, email_key(email) AS email_key
    FROM raw.customers
    UNION ALL
    SELECT branch_id, email_key(email) AS email_key
    FROM raw.customers_contested
)
SELECT
    CAST(row_number() OVER (ORDER BY branch_id, email_key) AS INTEGER) AS email_no,
    branch_id,
    email_key,
    last_asked_at
FROM asked
WHERE EXISTS (
    SELECT 1
    FROM had
    WHERE had.branch_id = asked.branch_id AND had.email_key = asked.email_key
);

-- Who has them, of those customers that every scope and instant settles alike; the scoped view adds the others.
CREATE TABLE raw.address_holders AS
SELECT
    address.email_no,
    address.email_key,
    address.last_asked_at,
    customer.id AS customer_id,
    customer.tenant,
    customer.created_at
FROM raw.customers AS customer
INNER JOIN raw.addresses AS address
    ON customer.branch_id = address.branch_id AND email_key(customer.email) = address.email_key
ORDER BY ALL;
