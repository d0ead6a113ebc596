-- ---
-- about = "Every customer's figures, and the usual ticket: what the next purchase likely comes to (metrics 15)."
-- internal = true
-- ---
CREATE OR REPLACE TEMP TABLE contact_figures AS
WITH
facts AS (
    SELECT *
    FROM customer_facts_at(CAST('infinity' AS TIMESTAMP), getvariable('as_of_date'))
),
recent_sales AS (
    SELECT branch_id, money
    FROM purchases
    WHERE
        is_recognised
        AND local_date BETWEEN getvariable('as_of_date') - 364 AND getvariable('as_of_date')
),
branch_tickets AS (
    SELECT branch_id, money_per(sum(money), count(money)) AS ticket
    FROM recent_sales
    WHERE branch_id IS NOT NULL
    GROUP BY branch_id
),
scope_ticket AS (
    SELECT money_per(sum(money), count(money)) AS ticket
    FROM recent_sales
)
SELECT
    customer.id AS customer_id,
    facts.recognised_sales,
    facts.total_spent,
    facts.last_purchase,
    date_diff('day', facts.last_purchase, getvariable('as_of_date')) AS days_since,
    CAST(
        coalesce(facts.average_order_value, branch_tickets.ticket, scope_ticket.ticket, 0) AS DECIMAL(18, 2)
    ) AS usual_ticket
FROM facts
INNER JOIN customers AS customer ON facts.customer_id = customer.id
LEFT JOIN branch_tickets ON customer.branch_id = branch_tickets.branch_id
CROSS JOIN scope_ticket;
