-- ---
-- about = "The sums behind the figures of sales and customers (metrics 6), a row per window."
-- ---
CREATE OR REPLACE TEMP TABLE sale_sums AS
WITH
-- Recognised sales only: a purchase becomes revenue when it is paid.
sales AS (
    SELECT
        seen.place,
        sum(money) AS revenue,
        sum(money) FILTER (WHERE channel = 'pos') AS pos,
        sum(money) FILTER (WHERE channel = 'work_order') AS work_order,
        sum(money) FILTER (WHERE channel = 'other') AS other,
        count(*) AS sales,
        count(money) AS sales_in_currency,
        count(money) FILTER (WHERE channel = 'pos') AS pos_sales,
        count(money) FILTER (WHERE channel = 'work_order') AS work_order_sales
    FROM purchases
    INNER JOIN windows AS seen ON created_at >= from_at AND created_at < until_at AND local_at <= cut
    WHERE is_recognised
    GROUP BY seen.place
),
debts AS (
    SELECT seen.place, sum(owed) AS owed
    FROM owed_purchases
    INNER JOIN windows AS seen ON created_at >= from_at AND created_at < until_at AND local_at <= cut
    GROUP BY seen.place
),
orders_made AS (
    SELECT seen.place, count(*) AS orders
    FROM order_facts
    INNER JOIN windows AS seen ON created_at >= from_at AND created_at < until_at AND local_at <= cut
    GROUP BY seen.place
),
work_orders_made AS (
    SELECT seen.place, count(*) AS work_orders
    FROM work_order_facts
    INNER JOIN windows AS seen ON created_at >= from_at AND created_at < until_at AND local_at <= cut
    GROUP BY seen.place
),
newcomers AS (
    SELECT seen.place, count(*) AS customers
    FROM customers
    INNER JOIN windows AS seen ON created_at >= from_at AND created_at < until_at AND local_at <= cut
    WHERE created_at >= getvariable('windows_from')
    GROUP BY seen.place
),
buyers AS (
    SELECT place, count(*) AS buying, count(*) FILTER (WHERE purchases >= 2) AS recurring
    FROM (
        SELECT seen.place, count(*) AS purchases
        FROM purchases
        INNER JOIN windows AS seen ON created_at >= from_at AND created_at < until_at AND local_at <= cut
        WHERE customer_id IS NOT NULL
        GROUP BY seen.place, customer_id
    ) AS bought
    GROUP BY place
)
SELECT
    windows.place,
    coalesce(sales.revenue, 0) AS revenue,
    coalesce(sales.pos, 0) AS pos,
    coalesce(sales.work_order, 0) AS work_order,
    coalesce(sales.other, 0) AS other,
    coalesce(sales.sales, 0) AS sales,
    coalesce(sales.sales_in_currency, 0) AS sales_in_currency,
    coalesce(sales.pos_sales, 0) AS pos_sales,
    coalesce(sales.work_order_sales, 0) AS work_order_sales,
    coalesce(debts.owed, 0) AS owed,
    coalesce(orders_made.orders, 0) AS orders,
    coalesce(work_orders_made.work_orders, 0) AS work_orders,
    coalesce(newcomers.customers, 0) AS customers,
    coalesce(buyers.buying, 0) AS buying,
    coalesce(buyers.recurring, 0) AS recurring
FROM windows
LEFT JOIN sales ON windows.place = sales.place
LEFT JOIN debts ON windows.place = debts.place
LEFT JOIN orders_made ON windows.place = orders_made.place
LEFT JOIN work_orders_made ON windows.place = work_orders_made.place
LEFT JOIN newcomers ON windows.place = newcomers.place
LEFT JOIN buyers ON windows.place = buyers.place;
