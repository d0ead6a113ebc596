-- Handmade work orders: links of every kind, and steps in the wrong order.
CREATE TABLE draft.odd_work_orders AS
WITH placed AS (
    -- order_number is the case of odd_orders that the row links to; ordered and delivered are days before the
    -- end.
    SELECT number, what, branch_no, org_no, customer, order_number, status, payment_status, amount, currency, ordered, delivered, promised
    FROM (VALUES
        (1, 'linked to a cancelled order', 1, 1, 26, 14, 'delivered', 'paid', 149990, 'CLP', 24, 17, 18),
        (2, 'linked to a refunded order', 2, 1, 27, 15, 'ready_for_pickup', 'paid', 139990, 'CLP', 23, NULL, 16),
        (3, 'cancelled, linked to an order that lives', 1, 1, 28, 47, 'cancelled', 'paid', 119990, 'CLP', 27, NULL, 20),
        (4, 'linked to an order of another branch', 2, 1, 28, 44, 'delivered', 'paid', 199990, 'CLP', 28, 20, 21),
        (5, 'linked to an order of the other organization', 101, 2, 12, 45, 'delivered', 'paid', 209990, 'CLP', 28, 20, 21),
        (6, 'linked to an order that is not in the data', 1, 1, 26, 905, 'delivered', 'paid', 129990, 'CLP', 26, 15, 19),
        (7, 'gives order 12 its customer', 1, 1, 26, 12, 'delivered', 'paid', 179980, 'CLP', 25, 18, 18),
        (8, 'names one customer for order 13', 1, 1, 26, 13, 'delivered', 'paid', 159990, 'CLP', 25, 18, 18),
        (9, 'names another customer for order 13', 1, 1, 28, 13, 'delivered', 'paid', 99990, 'CLP', 25, 18, 18),
        (10, 'status quote, linked', 1, 1, 25, 1, 'quote', 'pending', 89990, 'CLP', 12, NULL, NULL),
        (11, 'status quote, standing alone: no purchase', 1, 1, 25, NULL, 'quote', 'paid', 79990, 'CLP', 12, NULL, NULL),
        (12, 'linked to an order after the end: stands alone', 1, 1, 26, 39, 'ordered', 'paid', 189990, 'CLP', 6, NULL, -4),
        (13, 'first of two on one order', 1, 1, 28, 46, 'delivered', 'paid', 299980, 'CLP', 27, 19, 20),
        (14, 'second of two on one order, cancelled', 1, 1, 28, 46, 'cancelled', 'pending', 299980, 'CLP', 27, NULL, 20),
        (15, 'standing alone; its customer is not in the data', 1, 1, 902, NULL, 'delivered', 'paid', 109990, 'CLP', 22, 12, 15),
        (16, 'standing alone; its customer is of the other organization', 1, 1, 12, NULL, 'delivered', 'paid', 119990, 'CLP', 22, 12, 15),
        (17, 'no organization', 1, NULL, 26, NULL, 'delivered', 'paid', 69990, 'CLP', 21, 11, 14),
        (18, 'no branch, of the chain', NULL, 1, 26, NULL, 'delivered', 'paid', 71990, 'CLP', 21, 11, 14),
        (19, 'no branch and no organization', NULL, NULL, 26, NULL, 'delivered', 'paid', 72990, 'CLP', 21, 11, 14),
        (20, 'delivered before it was ordered: not in the delivery times', 1, 1, 26, NULL, 'delivered', 'paid', 73990, 'CLP', 10, 15, 3),
        (21, 'delivered without a promised date: not in on time', 1, 1, 26, NULL, 'delivered', 'paid', 74990, 'CLP', 20, 9, NULL),
        (22, 'returned after delivery: void, yet its delivery counts', 1, 1, 26, NULL, 'returned', 'paid', 75990, 'CLP', 20, 8, 13),
        (23, 'null status', 1, 1, 26, NULL, NULL, 'paid', 76990, 'CLP', 19, NULL, 12),
        (24, 'unknown status', 1, 1, 26, NULL, 'en_taller', 'paid', 77990, 'CLP', 19, NULL, 12),
        (25, 'null amount', 1, 1, 26, NULL, 'delivered', 'paid', NULL, 'CLP', 18, 9, 11),
        (26, 'negative amount', 1, 1, 26, NULL, 'delivered', 'paid', -5000, 'CLP', 18, 9, 11),
        (27, 'payment refunded: void', 1, 1, 26, NULL, 'delivered', 'refunded', 78990, 'CLP', 17, 9, 10),
        (28, 'null payment status', 1, 1, 26, NULL, 'ordered', NULL, 79990, 'CLP', 5, NULL, -2),
        (29, 'twice in one branch', 1, 1, 28, NULL, 'ordered', 'pending', 81990, 'CLP', 16, NULL, 9),
        (29, 'twice in one branch, the newer row', 1, 1, 28, NULL, 'delivered', 'paid', 81990, 'CLP', 16, 9, 9),
        (30, 'twice, in two branches: the row in CM-001', 1, 1, 28, NULL, 'ordered', 'paid', 82990, 'CLP', 16, NULL, 9),
        (30, 'twice, in two branches: the row in CM-002, newer', 2, 1, 28, NULL, 'delivered', 'paid', 82990, 'CLP', 16, 8, 9),
        (31, 'after the end', 1, 1, 26, NULL, 'ordered', 'paid', 83990, 'CLP', -2, NULL, -9),
        (32, 'currency of the table''s default, ARS', 1, 1, 26, NULL, 'delivered', 'paid', 84990, 'ARS', 15, 6, 8),
        (33, 'null currency: the report''s', 1, 1, 26, NULL, 'delivered', 'paid', 85990, NULL, 15, 6, 8),
        (34, 'delivered later than promised, and partly paid', 1, 1, 26, NULL, 'delivered', 'partial', 86990, 'CLP', 30, 2, 23),
        (35, 'its delivery is dated after the end', 1, 1, 26, NULL, 'delivered', 'paid', 87990, 'CLP', 14, -2, 7)
    ) AS t(number, what, branch_no, org_no, customer, order_number, status, payment_status, amount, currency, ordered, delivered, promised)
)

SELECT
    what, odd_id('1', number) AS id, concat('OT-ODD-', lpad(CAST(number AS VARCHAR), 2, '0')) AS work_order_number,
    odd_branch(branch_no) AS branch_id, organization_id(org_no) AS organization_id, odd_customer(customer) AS customer_id,
    CASE WHEN order_number >= 900 THEN odd_id('f', order_number) WHEN order_number IS NOT NULL
        THEN odd_id('0', order_number) END AS pos_order_id,
    status, payment_status, CAST(amount AS DECIMAL(12, 2)) AS total_amount, currency,
    odd_moment(coalesce(org_no, 1), ordered, '19:30:00') AS ordered_at,
    odd_moment(coalesce(org_no, 1), delivered, '12:30:00') AS delivered_at,
    getvariable('until') - promised AS promised_on,
    -- The newer of two rows has more information: its delivery is the later change.
    odd_moment(coalesce(org_no, 1), ordered, '19:25:00') AS created_at,
    odd_moment(coalesce(org_no, 1), coalesce(delivered, ordered), '19:31:00') AS updated_at
FROM placed;
