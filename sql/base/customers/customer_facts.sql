-- ---
-- about = "A customer's figures over the purchases up to a local time (metrics 7), as of a date."
-- ---
CREATE OR REPLACE TEMP MACRO customer_facts_at(cutoff, on_date) AS TABLE
    WITH
    -- Most questions are about all purchases: those sums are there already.
    figures AS (
        SELECT *
        FROM customer_sums
        WHERE cutoff = CAST('infinity' AS TIMESTAMP)
        UNION ALL
        SELECT *
        FROM purchase_sums_at(cutoff)
        WHERE cutoff < CAST('infinity' AS TIMESTAMP)
    )
    SELECT
        customer.id AS customer_id,
        coalesce(figures.purchases, 0) AS purchases,
        coalesce(figures.recognised_sales, 0) AS recognised_sales,
        CAST(coalesce(figures.total_spent, 0) AS DECIMAL(18, 2)) AS total_spent,
        small_money_per(figures.total_spent, figures.sales_in_currency) AS average_order_value,
        figures.first_purchase,
        figures.last_purchase,
        date_diff('day', figures.last_purchase, on_date) AS days_since_last_purchase,
        CASE
            WHEN figures.purchase_dates > 1
                THEN whole_days_per(
                    date_diff('day', figures.first_purchase, figures.last_purchase), figures.purchase_dates - 1
                )
        END AS average_days_between_purchases
    FROM customers AS customer
    LEFT JOIN figures ON customer.id = figures.customer_id
    -- Of every customer the local time takes long to work out.
    WHERE cutoff = CAST('infinity' AS TIMESTAMP) OR customer.local_at <= cutoff;
