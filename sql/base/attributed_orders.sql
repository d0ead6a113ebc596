-- ---
-- about = "Every order of the scope from orders_from on, and whose it is (metrics 4)."
-- ---
CREATE OR REPLACE TEMP VIEW attributed_orders AS
WITH
-- Most orders name a customer whom the scope sees: nothing else is asked of those.
named AS (
    SELECT
        *,
        customer_id AS attributed_customer,
        NULL AS reason_if_nobody
    FROM orders
    WHERE created_at >= getvariable('orders_from') AND customer_seen
),
unnamed AS (
    SELECT
        *,
        -- The email decides only where the order names no customer at all.
        CASE WHEN customer_id IS NULL THEN email_key END AS sought_email
    FROM orders
    WHERE created_at >= getvariable('orders_from') AND NOT customer_seen
),
-- The other rules of attribution, each in a column of its own.
sought AS (
    SELECT
        unnamed.*,
        coalesce(is_placeholder(unnamed.sought_email), FALSE) AS has_placeholder,
        coalesce(address.customers, 0) AS sharers,
        link.customer_id AS linked_customer,
        address.customer_id AS addressed_customer
    FROM unnamed
    LEFT JOIN order_links AS link ON unnamed.id = link.order_id
    LEFT JOIN customer_emails AS address
        ON unnamed.branch_id = address.branch_id AND unnamed.sought_email = address.email_key
),
found AS (
    SELECT
        * EXCLUDE (sought_email, has_placeholder, sharers, linked_customer, addressed_customer),
        coalesce(
            linked_customer, CASE WHEN NOT has_placeholder AND sharers = 1 THEN addressed_customer END
        ) AS attributed_customer,
        CASE
            WHEN customer_id IS NOT NULL THEN 'customer_not_in_scope'
            WHEN has_placeholder THEN 'placeholder_email'
            WHEN sharers > 1 THEN 'ambiguous_email'
            ELSE 'no_match'
        END AS reason_if_nobody
    FROM sought
)
SELECT *
FROM named
UNION ALL
SELECT *
FROM found;
