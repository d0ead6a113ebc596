-- Every customer's purchases, money, dates and lifecycle segment, by sections 4, 7 and 8 of docs/metrics.md.
CREATE TEMP TABLE customers AS
SELECT id, branch_id, nullif(lower(trim(email)), '') AS email_key, ticket_key(rut) AS rut
FROM customer_rows
WHERE id NOT IN (SELECT id FROM repeated_customers)
UNION ALL
SELECT id, branch_id, nullif(lower(trim(email)), '') AS email_key, ticket_key(rut) AS rut
FROM latest_rows('customer_rows', 'repeated_customers');

-- Most orders name their customer; only for the others is anything else asked.
CREATE TEMP TABLE unnamed AS
SELECT id, branch_id, customer_id, nullif(lower(trim(email)), '') AS email_key, ticket_key(sii_rut) AS rut
FROM orders
WHERE customer_id IS NULL OR customer_id NOT IN (SELECT id FROM customers);

CREATE TEMP TABLE sought AS
WITH
linked AS (
    SELECT work.pos_order_id AS order_id, min(work.customer_id) AS customer_id
    FROM work_orders AS work
    LEFT JOIN customers AS customer ON work.customer_id = customer.id
    WHERE
        work.pos_order_id IN (SELECT id FROM unnamed)
        AND NOT coalesce(work.status IN ('cancelled', 'returned'), FALSE)
        AND NOT coalesce(work.payment_status = 'refunded', FALSE)
    GROUP BY work.pos_order_id
    HAVING bool_and(customer.id IS NOT NULL) AND min(work.customer_id) = max(work.customer_id)
),
by_rut AS (
    SELECT sale.id AS order_id, min(customer.id) AS customer_id
    FROM unnamed AS sale
    INNER JOIN customers AS customer ON sale.branch_id = customer.branch_id AND sale.rut = customer.rut
    WHERE sale.customer_id IS NULL AND names_a_person(sale.rut)
    GROUP BY sale.id
    HAVING count(*) = 1
),
holders AS (
    SELECT branch_id, email_key, min(id) AS customer_id
    FROM customers
    WHERE branch_id IS NOT NULL AND NOT ends_with(email_key, '@pos.local')
    GROUP BY branch_id, email_key
    HAVING count(*) = 1
)
SELECT sale.id, coalesce(linked.customer_id, by_rut.customer_id, holders.customer_id) AS customer_id
FROM unnamed AS sale
LEFT JOIN linked ON sale.id = linked.order_id
LEFT JOIN by_rut ON sale.id = by_rut.order_id
LEFT JOIN holders
    ON sale.customer_id IS NULL AND sale.branch_id = holders.branch_id AND sale.email_key = holders.email_key;

CREATE TEMP VIEW owners AS
SELECT id, 'order' AS kind, customer_id
FROM orders
WHERE id NOT IN (SELECT id FROM unnamed)
UNION ALL
SELECT id, 'order' AS kind, customer_id
FROM sought
UNION ALL
SELECT id, 'work_order' AS kind, customer_id
FROM work_orders;

COPY (
    WITH
    figures AS (
        SELECT
            owner.customer_id,
            count(*) AS purchases,
            count(*) FILTER (WHERE is_recognised) AS recognised_sales,
            coalesce(sum(money) FILTER (WHERE is_recognised), 0) AS total_spent,
            CAST(timezone(getvariable('zone'), min(created_at)) AS DATE) AS first_purchase,
            CAST(timezone(getvariable('zone'), max(created_at)) AS DATE) AS last_purchase
        FROM purchases
        INNER JOIN owners AS owner ON purchases.id = owner.id AND purchases.kind = owner.kind
        GROUP BY owner.customer_id
    )
    SELECT
        replace(CAST(customer.id AS VARCHAR), '-', '') AS customer_id,
        coalesce(purchases, 0) AS purchases,
        coalesce(recognised_sales, 0) AS recognised_sales,
        CAST(100 * coalesce(total_spent, 0) AS BIGINT) AS cents,
        first_purchase,
        last_purchase,
        CASE
            WHEN purchases IS NULL THEN 'new'
            WHEN getvariable('as_of') - last_purchase > getvariable('at_risk_days') THEN 'at-risk'
            WHEN purchases > getvariable('vip_purchases') THEN 'vip'
            WHEN purchases > getvariable('regular_purchases') THEN 'regular'
            ELSE 'first-time'
        END AS segment
    FROM customers AS customer
    LEFT JOIN figures ON customer.id = figures.customer_id
    ORDER BY total_spent DESC, customer.id
) TO 'segments.parquet' (FORMAT parquet);
