-- ---
-- about = "Every order of the scope from orders_from on, whose it is (metrics 4), and what is kept of one refunded in part."
-- internal = true
-- ---
CREATE OR REPLACE TEMP VIEW attributed_orders AS
WITH
-- Most orders name a customer of the scope, and nothing else has to be asked.
named AS (
    SELECT
        *,
        customer_id AS attributed_customer,
        CAST(NULL AS VARCHAR) AS unattributed
    FROM known_orders
    WHERE customer_seen AND created_at >= getvariable('orders_from')
),
-- The other rules, each in a column of its own. Only an order that names no customer at all has a rut_no or email_no.
sought AS (
    SELECT
        sale.*,
        link.customer_id AS linked_customer,
        ticket.customer_id AS ticket_customer,
        CASE WHEN address.customers = 1 THEN address.customer_id END AS addressed_customer,
        coalesce(address.customers > 1, FALSE) AS is_shared
    FROM known_orders AS sale
    LEFT JOIN link_customers AS link ON sale.id = link.order_id
    LEFT JOIN customer_ruts AS ticket ON sale.rut_no = ticket.rut_no
    LEFT JOIN customer_emails AS address ON sale.email_no = address.email_no
    WHERE NOT sale.customer_seen AND sale.created_at >= getvariable('orders_from')
),
attributed AS (
    SELECT *
    FROM named
    UNION ALL
    SELECT
        * EXCLUDE (linked_customer, ticket_customer, addressed_customer, is_shared),
        coalesce(linked_customer, ticket_customer, addressed_customer) AS attributed_customer,
        CASE
            WHEN coalesce(linked_customer, ticket_customer, addressed_customer) IS NOT NULL THEN NULL
            WHEN customer_id IS NOT NULL THEN 'customer_not_in_scope'
            -- Addresses are compared within the order's own branch, which this one has not.
            WHEN branch_id IS NULL THEN 'no_match'
            WHEN is_placeholder(email_key) THEN 'placeholder_email'
            WHEN is_shared THEN 'ambiguous_email'
            ELSE 'no_match'
        END AS unattributed
    FROM sought
)
SELECT
    attributed.*,
    refund.given_back,
    refund.kept
FROM attributed
LEFT JOIN part_refunds AS refund ON attributed.id = refund.order_id;
