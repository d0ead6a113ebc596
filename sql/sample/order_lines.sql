-- Items and payments: children of orders; some have no order any more.
CREATE TABLE public.order_items AS
SELECT
    uuid_of('item', line_key) AS id,
    CASE WHEN draw('orphan', line_key) < 0.0004 THEN uuid_of('deleted order', visit_no)
        ELSE uuid_of('order', visit_no) END AS order_id,
    CASE WHEN draw('typed in', line_key) < 0.02 THEN NULL
        ELSE uuid_of('product', product_key) END AS product_id,
    CASE WHEN draw('typed in', line_key) < 0.01 THEN upper(name) ELSE name END AS product_name,
    quantity, CAST(price AS DECIMAL(12, 2)) AS unit_price,
    CAST(l.total_price AS DECIMAL(12, 2)) AS total_price
FROM draft.lines AS l INNER JOIN draft.orders USING (visit_no)
UNION ALL
SELECT id, order_id, product_id, product_name, quantity, unit_price, total_price
FROM draft.odd_items
ORDER BY order_id, id;

CREATE TABLE public.order_payments AS
SELECT
    uuid_of('payment', p.visit_no * 10 + p.part) AS id, uuid_of('order', p.visit_no) AS order_id,
    CAST(p.amount AS DECIMAL(12, 2)) AS amount, p.payment_method,
    CASE WHEN draw('undated', p.visit_no * 10 + p.part) < 0.003 THEN NULL
        ELSE timezone(zone_of(o.org_no), p.paid_at) END AS paid_at
FROM draft.payments AS p INNER JOIN draft.orders AS o USING (visit_no)
UNION ALL
SELECT id, order_id, amount, payment_method, paid_at
FROM draft.odd_payments
ORDER BY paid_at NULLS FIRST, id;
