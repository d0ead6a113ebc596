-- ---
-- about = "What every order and work order adds to our revenue and to the app's, and why the two differ (metrics 16)."
-- ---
-- The scope holds one branch, so that every row with a branch is of the one that the app is asked for.
CREATE OR REPLACE TEMP MACRO is_in_app_window(branch, moment) AS (
    branch IS NOT NULL
    AND moment >= getvariable('app_from') AND moment <= getvariable('app_until')
);

CREATE OR REPLACE TEMP MACRO is_app_sale(is_pos_sale, status, payment_status) AS (
    coalesce(is_pos_sale AND (payment_status = 'paid' OR status = 'delivered'), FALSE)
);

CREATE OR REPLACE TEMP TABLE bridge_rows AS
WITH
-- As they lie in the data: the further rows of an id count for nobody but a program that reads them all.
orders_read AS (
    SELECT
        'orders' AS table_name,
        sale.id, sale.order_number AS number, sale.branch_id, sale.created_at, sale.status, sale.payment_status,
        coalesce(sale.total_amount, 0) AS total_amount,
        fact.customer_id,
        fact.id IS NULL AS is_further,
        is_app_sale(sale.is_pos_sale, sale.status, sale.payment_status) AS app_counts,
        coalesce(fact.is_paid AND NOT fact.is_void, FALSE) AS is_recognised,
        fact.money,
        CASE
            WHEN fact.is_void THEN 'void_orders'
            WHEN fact.is_refunded_in_part THEN 'refunded_in_part'
            WHEN fact.money IS NULL THEN 'other_currency'
            WHEN fact.is_paid AND NOT coalesce(sale.is_pos_sale, FALSE) THEN 'not_pos'
            WHEN fact.is_paid <> coalesce(sale.payment_status = 'paid', FALSE) THEN 'paid_statuses'
            WHEN sale.status = 'delivered' AND NOT fact.is_paid THEN 'delivered_unpaid'
            ELSE 'unexplained'
        END AS item
    FROM (
        SELECT id, order_number, branch_id, created_at, status, payment_status, total_amount, is_pos_sale, FALSE AS is_repeat
        FROM orders
        UNION ALL
        SELECT id, order_number, branch_id, created_at, status, payment_status, total_amount, is_pos_sale, TRUE AS is_repeat
        FROM repeated_orders
    ) AS sale
    LEFT JOIN order_facts AS fact ON NOT sale.is_repeat AND sale.id = fact.id AND sale.created_at = fact.created_at
    WHERE sale.created_at >= least(getvariable('app_from'), getvariable('from_at'))
),
work_orders_read AS (
    SELECT
        'lab_work_orders' AS table_name,
        work_order.id, work_order.work_order_number AS number, work_order.branch_id, work_order.created_at,
        work_order.status, work_order.payment_status,
        coalesce(work_order.total_amount, 0) AS total_amount,
        fact.customer_id,
        fact.id IS NULL AS is_further,
        coalesce(work_order.payment_status = 'paid', FALSE) AS app_counts,
        coalesce(fact.is_paid AND is_purchase(fact.is_void, fact.is_quote, fact.is_linked), FALSE)
            AS is_recognised,
        fact.money,
        CASE
            WHEN fact.is_void THEN 'void_work_orders'
            WHEN fact.is_quote THEN 'quote_work_orders'
            WHEN fact.is_linked THEN 'linked_again'
            WHEN fact.money IS NULL THEN 'other_currency'
            WHEN fact.is_paid <> coalesce(work_order.payment_status = 'paid', FALSE) THEN 'paid_statuses'
            ELSE 'unexplained'
        END AS item
    FROM (
        SELECT id, work_order_number, branch_id, created_at, status, payment_status, total_amount, FALSE AS is_repeat
        FROM lab_work_orders
        UNION ALL
        SELECT id, work_order_number, branch_id, created_at, status, payment_status, total_amount, TRUE AS is_repeat
        FROM repeated_lab_work_orders
    ) AS work_order
    LEFT JOIN work_order_facts AS fact
        ON NOT work_order.is_repeat AND work_order.id = fact.id AND work_order.created_at = fact.created_at
    WHERE work_order.created_at >= least(getvariable('app_from'), getvariable('from_at'))
),
valued AS (
    SELECT
        *,
        created_at >= getvariable('from_at') AND created_at < getvariable('until_at') AS is_inside,
        is_in_app_window(branch_id, created_at) AS is_read_by_app
    FROM (
        SELECT *
        FROM orders_read
        UNION ALL
        SELECT *
        FROM work_orders_read
    ) AS read
),
compared AS (
    SELECT
        *,
        CASE WHEN is_inside AND is_recognised THEN coalesce(money, 0) ELSE 0 END AS ours,
        CASE WHEN is_read_by_app AND app_counts THEN total_amount ELSE 0 END AS app
    FROM valued
)
SELECT
    table_name, id, number, branch_id, created_at, customer_id, status, payment_status, total_amount,
    is_inside, is_read_by_app, ours, app,
    CASE
        WHEN ours = app THEN NULL
        WHEN branch_id IS NULL THEN 'no_branch'
        WHEN is_further THEN 'duplicate_rows'
        WHEN is_inside <> is_read_by_app THEN 'window_edge'
        ELSE item
    END AS item
FROM compared;
