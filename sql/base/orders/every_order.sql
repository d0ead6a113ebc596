-- ---
-- about = "Every order of the scope from orders_from on: its channel, whether it is void or paid, its money (metrics 5)."
-- stored = "orders"
-- ---
CREATE OR REPLACE TEMP VIEW every_order AS
SELECT
    id,
    branch_id,
    attributed_customer AS customer_id,
    unattributed,
    CASE
        WHEN id IN (SELECT order_id FROM order_links) THEN 'work_order'
        WHEN is_pos_sale THEN 'pos'
        ELSE 'other'
    END AS channel,
    is_void_order(status, payment_status, kept) AS is_void,
    kept IS NOT NULL OR is_paid(payment_status) AS is_paid,
    kept IS NOT NULL AS is_refunded_in_part,
    given_back,
    -- What is kept of a sale is its amount, wherever an amount is asked for.
    coalesce(kept, total_amount) AS total_amount,
    institutional_amount,
    currency_code(currency) AS currency,
    money_of(coalesce(kept, total_amount), currency) AS money,
    created_at,
    local_at,
    CAST(local_at AS DATE) AS local_date
FROM attributed_orders;
