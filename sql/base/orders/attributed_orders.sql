-- ---
-- about = "Every order of the scope from orders_from on, and whose it is (metrics 4)."
-- internal = true
-- ---
CREATE OR REPLACE TEMP VIEW attributed_orders AS
WITH
-- Most orders name a customer of the scope; no other rule is needed for them.
named AS (
    SELECT
        *,
        customer_id AS attributed_customer,
        CAST(NULL AS VARCHAR) AS unattributed
    FROM known_orders
    WHERE customer_seen AND created_at >= getvariable('orders_from')
),
-- The other rules, each in its own column. Only an order that names no customer has an email_no.
sought AS (
    SELECT
        sale.*,
        link.customer_id AS linked_customer,
        CASE WHEN address.customers = 1 THEN address.customer_id END AS addressed_customer,
        coalesce(address.customers > 1, FALSE) AS is_shared
    FROM known_orders AS sale
    LEFT JOIN link_customers AS link ON sale.id = link.order_id
    LEFT JOIN customer_emails AS address ON sale.email_no = address.email_no
    WHERE NOT sale.customer_seen AND sale.created_at >= getvariable('orders_from')
)
SELECT *
FROM named
UNION ALL
SELECT
    * EXCLUDE (linked_customer, addressed_customer, is_shared),
    coalesce(linked_customer, addressed_customer) AS attributed_customer,
    CASE
        WHEN linked_customer IS NOT NULL OR addressed_customer IS NOT NULL THEN NULL
        WHEN customer_id IS NOT NULL THEN 'customer_not_in_scope'
        WHEN is_placeholder(email_key) THEN 'placeholder_email'
        WHEN is_shared THEN 'ambiguous_email'
        ELSE 'no_match'
    END AS unattributed
FROM sought;
