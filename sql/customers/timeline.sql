-- ---
-- title = { es = "Historia", en = "Timeline" }
-- grain = { es = "una fila por hecho del cliente, el más antiguo primero", en = "one row per thing that happened to the customer, oldest first" }
-- shape = "rows"
-- history = "all"
-- parameters.customer = { es = "el id del cliente", en = "the customer's id" }
-- columns = ["date", "event", "number", "status", "currency", "amount", "id"]
-- [column]
-- event = { kind = "text", vocabulary = "event", es = "Hecho", en = "Event" }
-- ---
WITH
events AS (
    SELECT
        fact.local_date AS date,
        'order' AS event,
        sale.order_number AS number,
        sale.status,
        fact.currency,
        fact.total_amount AS amount,
        fact.id
    FROM order_facts AS fact
    INNER JOIN orders AS sale ON fact.id = sale.id
    WHERE CAST(fact.customer_id AS VARCHAR) = $customer
    UNION ALL
    SELECT
        fact.local_date AS date,
        'work_order' AS event,
        work_order.work_order_number AS number,
        fact.status,
        fact.currency,
        fact.total_amount AS amount,
        fact.id
    FROM work_order_facts AS fact
    INNER JOIN lab_work_orders AS work_order ON fact.id = work_order.id
    WHERE CAST(fact.customer_id AS VARCHAR) = $customer
    UNION ALL
    SELECT
        local_day(created_at) AS date,
        'quote' AS event,
        quote_number AS number,
        status,
        currency_code(currency) AS currency,
        total_amount AS amount,
        id
    FROM quotes
    WHERE CAST(customer_id AS VARCHAR) = $customer
    UNION ALL
    SELECT
        appointment_date AS date,
        'appointment' AS event,
        NULL AS number,
        status,
        NULL AS currency,
        NULL AS amount,
        id
    FROM appointments
    WHERE CAST(customer_id AS VARCHAR) = $customer
    UNION ALL
    SELECT
        local_day(created_at) AS date,
        'created' AS event,
        NULL AS number,
        NULL AS status,
        NULL AS currency,
        NULL AS amount,
        id
    FROM customers
    WHERE CAST(id AS VARCHAR) = $customer
)
SELECT
    date,
    event,
    number,
    status,
    currency,
    amount,
    CAST(id AS VARCHAR) AS id
FROM events
ORDER BY date, event, number, id;
