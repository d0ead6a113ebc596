-- ---
-- about = "Every order and work order of the period, or of all time, with what makes it a purchase or not (metrics 5)."
-- internal = true
-- ---
CREATE OR REPLACE TEMP VIEW sale_rows AS
SELECT
    'orders' AS table_name,
    fact.id,
    sale.order_number AS number,
    fact.branch_id,
    fact.customer_id,
    sale.status,
    sale.payment_status,
    fact.created_at,
    fact.local_at,
    fact.local_date,
    fact.channel,
    sale.payment_method_type AS method,
    fact.is_void,
    FALSE AS is_quote,
    FALSE AS is_linked,
    fact.is_paid,
    coalesce(money_of(sale.total_amount, sale.currency), 0) AS gross,
    coalesce(fact.money, 0) AS amount,
    CASE WHEN fact.money IS NULL THEN 'other_currency' END AS no_money
FROM order_facts AS fact
INNER JOIN orders AS sale ON fact.id = sale.id AND fact.created_at = sale.created_at
UNION ALL
SELECT
    'lab_work_orders' AS table_name,
    fact.id,
    work_order.work_order_number AS number,
    fact.branch_id,
    fact.customer_id,
    fact.status,
    work_order.payment_status,
    fact.created_at,
    fact.local_at,
    fact.local_date,
    'work_order' AS channel,
    CAST(NULL AS VARCHAR) AS method,
    fact.is_void,
    fact.is_quote,
    fact.is_linked,
    fact.is_paid,
    coalesce(fact.money, 0) AS gross,
    coalesce(fact.money, 0) AS amount,
    CASE WHEN fact.money IS NULL THEN 'other_currency' END AS no_money
FROM work_order_facts AS fact
INNER JOIN lab_work_orders AS work_order ON fact.id = work_order.id AND fact.created_at = work_order.created_at;
