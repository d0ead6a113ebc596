-- ---
-- about = "Every order of the scope from orders_from on, and whose it is (metrics 4)."
-- ---
CREATE OR REPLACE TEMP VIEW attributed_orders AS
WITH
-- The email decides only where the order names no customer at all, so only there is it looked at.
judged AS (
    SELECT
        *,
        CASE WHEN customer_id IS NULL THEN email_key END AS sought_email
    FROM orders
    WHERE created_at >= getvariable('orders_from')
),
-- The rules of attribution, each in a column of its own.
sought AS (
    SELECT
        judged.*,
        link.order_id IS NOT NULL AS is_linked,
        CASE WHEN judged.customer_seen THEN judged.customer_id END AS named_customer,
        link.customer_id AS linked_customer,
        CASE WHEN address.customers = 1 THEN address.customer_id END AS addressed_customer,
        coalesce(address.customers > 1, FALSE) AS is_shared
    FROM judged
    LEFT JOIN order_links AS link ON judged.id = link.order_id
    LEFT JOIN customer_emails AS address
        ON judged.branch_id = address.branch_id AND judged.sought_email = address.email_key
)
SELECT
    * EXCLUDE (sought_email, named_customer, linked_customer, addressed_customer, is_shared),
    coalesce(named_customer, linked_customer, addressed_customer) AS attributed_customer,
    CASE
        WHEN named_customer IS NOT NULL OR linked_customer IS NOT NULL OR addressed_customer IS NOT NULL THEN NULL
        WHEN customer_id IS NOT NULL THEN 'customer_not_in_scope'
        WHEN is_placeholder(sought_email) THEN 'placeholder_email'
        WHEN is_shared THEN 'ambiguous_email'
        ELSE 'no_match'
    END AS unattributed
FROM sought;
