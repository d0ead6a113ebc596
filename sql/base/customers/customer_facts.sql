-- ---
-- about = "A customer's figures over the purchases up to a local time (metrics 7), as of a date."
-- ---
CREATE OR REPLACE TEMP MACRO customer_facts_at(cutoff, on_date) AS TABLE
    WITH
    -- Purchases in other currencies count as purchases and sales, but never as money.
    figures AS (
        SELECT
            customer_id,
            count(*) AS purchases,
            count(*) FILTER (WHERE is_recognised) AS recognised_sales,
            coalesce(sum(money) FILTER (WHERE is_recognised), 0) AS total_spent,
            count(money) FILTER (WHERE is_recognised) AS sales_in_currency,
            min(local_date) AS first_purchase,
            max(local_date) AS last_purchase,
            -- Costs nothing where it is not asked for; a count of distinct dates would.
            list_unique(list(local_date)) AS purchase_dates
        FROM purchases
        WHERE customer_id IS NOT NULL AND local_at <= cutoff
        GROUP BY customer_id
    )
    SELECT
        customer.id AS customer_id,
        coalesce(figures.purchases, 0) AS purchases,
        coalesce(figures.recognised_sales, 0) AS recognised_sales,
        CAST(coalesce(figures.total_spent, 0) AS DECIMAL(18, 2)) AS total_spent,
        small_money_per(figures.total_spent, figures.sales_in_currency) AS average_order_value,
        figures.first_purchase,
        figures.last_purchase,
        on_date - figures.last_purchase AS days_since_last_purchase,
        CASE
            WHEN figures.purchase_dates > 1
                THEN whole_days_per(figures.last_purchase - figures.first_purchase, figures.purchase_dates - 1)
        END AS average_days_between_purchases
    FROM customers AS customer
    LEFT JOIN figures ON customer.id = figures.customer_id
    -- Of every customer the local time takes long to work out.
    WHERE cutoff = CAST('infinity' AS TIMESTAMP) OR customer.local_at <= cutoff;
