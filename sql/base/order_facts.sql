-- ---
-- about = "Every order from history_from on: whose it is, its channel, whether it is void or paid (metrics 4 and 5)."
-- materialised = true
-- ---
CREATE OR REPLACE TEMP VIEW order_facts AS
WITH
-- The email decides only where the order names no customer, so only there is it looked at.
judged AS (
    SELECT
        *,
        CASE WHEN customer_id IS NULL THEN email_key(email) END AS sought_email,
        is_void_order(status, payment_status) AS is_void
    FROM orders
    WHERE created_at >= getvariable('history_from')
),
-- The four rules of attribution, each in a column of its own.
attributed AS (
    SELECT
        judged.*,
        link.order_id IS NOT NULL AS is_linked,
        coalesce(is_placeholder(judged.sought_email), FALSE) AS has_placeholder,
        coalesce(address.customers, 0) AS sharers,
        named.id AS named_customer,
        link.customer_id AS linked_customer,
        address.customer_id AS addressed_customer
    FROM judged
    LEFT JOIN customers AS named ON judged.customer_id = named.id
    LEFT JOIN order_links AS link ON judged.id = link.order_id
    LEFT JOIN customer_emails AS address
        ON judged.branch_id = address.branch_id AND judged.sought_email = address.email
)
SELECT
    id,
    branch_id,
    coalesce(
        named_customer,
        linked_customer,
        CASE WHEN NOT has_placeholder AND sharers = 1 THEN addressed_customer END
    ) AS customer_id,
    CASE
        WHEN customer_id IS NOT NULL THEN 'customer_not_in_scope'
        WHEN has_placeholder THEN 'placeholder_email'
        WHEN sharers > 1 THEN 'ambiguous_email'
        ELSE 'no_match'
    END AS reason_if_nobody,
    CASE
        WHEN is_linked THEN 'work_order'
        WHEN is_pos_sale THEN 'pos'
        ELSE 'other'
    END AS channel,
    status,
    is_void,
    is_paid(payment_status) AS is_paid,
    total_amount,
    currency_code(currency) AS currency,
    money_of(total_amount, currency) AS money,
    payment_method_type,
    created_at,
    local_time(created_at) AS local_at,
    local_day(created_at) AS local_date
FROM attributed;
