-- The RUTs that tickets of orders without a customer give and a customer of their branch has, numbered: so that whose
-- an order is (metrics 4.3) is found by comparing numbers, and no report compares RUTs.
CREATE TABLE raw.tickets AS
WITH
asked AS (
    SELECT
        branch_id,
        ticket_key(sii_rut) AS rut,
        max(created_at) AS last_asked_at
    FROM staged_orders
    WHERE NOT refused AND customer_id IS NULL AND branch_id IS NOT NULL AND sii_rut IS NOT NULL
    GROUP BY branch_id, ticket_key(sii_rut)
    HAVING names_a_person(ticket_key(sii_rut))
),
had AS (
    SELECT branch_id, ticket_key(rut) AS rut
    FROM raw.customers
    UNION ALL
    SELECT branch_id, ticket_key(rut) AS rut
    FROM raw.customers_contested
)
SELECT
    CAST(row_number() OVER (ORDER BY branch_id, rut) AS INTEGER) AS rut_no,
    branch_id,
    rut,
    last_asked_at
FROM asked
WHERE EXISTS (
    SELECT 1
    FROM had
    WHERE had.branch_id = asked.branch_id AND had.rut = asked.rut
);

-- Who has them, of those customers that every scope and instant settles alike; the scoped view adds the others.
CREATE TABLE raw.ticket_holders AS
SELECT
    ticket.rut_no,
    ticket.rut,
    ticket.last_asked_at,
    customer.id AS customer_id,
    customer.tenant,
    customer.created_at
FROM raw.customers AS customer
INNER JOIN raw.tickets AS ticket ON customer.branch_id = ticket.branch_id AND ticket_key(customer.rut) = ticket.rut
ORDER BY ALL;
