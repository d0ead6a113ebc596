-- Every customer's purchases, money, dates and lifecycle segment, by sections 7 and 8 of docs/metrics.md.
COPY (
    WITH
    figures AS (
        SELECT
            CASE WHEN sought.id IS NULL THEN purchase.customer_id ELSE sought.customer_id END AS customer_id,
            count(*) AS purchases,
            count(*) FILTER (WHERE is_recognised) AS recognised_sales,
            coalesce(sum(money) FILTER (WHERE is_recognised), 0) AS total_spent,
            CAST(min(created_at) AT TIME ZONE %(zone)s AS date) AS first_purchase,
            CAST(max(created_at) AT TIME ZONE %(zone)s AS date) AS last_purchase
        FROM purchases AS purchase
        LEFT JOIN sought ON purchase.kind = 'order' AND purchase.id = sought.id
        GROUP BY 1
    )
    SELECT
        replace(CAST(customer.id AS text), '-', '') AS customer_id,
        coalesce(purchases, 0) AS purchases,
        coalesce(recognised_sales, 0) AS recognised_sales,
        CAST(100 * coalesce(total_spent, 0) AS bigint) AS cents,
        first_purchase,
        last_purchase,
        CASE
            WHEN purchases IS NULL THEN 'new'
            WHEN CAST(%(as_of)s AS date) - last_purchase > %(at_risk_days)s THEN 'at-risk'
            WHEN purchases > %(vip_purchases)s THEN 'vip'
            WHEN purchases > %(regular_purchases)s THEN 'regular'
            ELSE 'first-time'
        END AS segment
    FROM customer_rows AS customer
    LEFT JOIN figures ON customer.id = figures.customer_id
    ORDER BY coalesce(total_spent, 0) DESC, customer.id
) TO STDOUT (FORMAT csv, HEADER)
