-- The orders as the app stores them, with the small faults of real rows, and the handmade orders.
CREATE TABLE draft.orders AS
WITH cashiers AS (
    -- Who may sell in a branch.
    SELECT branch_no, list(admin_no ORDER BY admin_no) AS admin_nos
    FROM (SELECT admin_no, unnest(branch_nos) AS branch_no FROM draft.admins WHERE is_active) AS a
    GROUP BY branch_no
),

sold AS (
    -- Before the ninth month orders had no customer_id: an old row has only the email.
    SELECT
        s.*, p.customer_id, p.email, draw('fault', s.visit_no) AS fault, draw('old row', s.visit_no) AS old,
        s.moment < first_day() + INTERVAL 9 MONTH AS is_old, draw('agreement', s.visit_no) AS agreement,
        t.discount,
        -- Where nobody else is at the counter, the owner of the small shop or the chain's management sells.
        pick(
            coalesce(c.admin_nos, CASE WHEN s.org_no = 2 THEN [11] ELSE [3] END), draw('cashier', s.visit_no)
        ) AS cashier_no
    FROM draft.settled AS s INNER JOIN draft.totals AS t USING (visit_no)
    LEFT JOIN draft.people AS p USING (person_no) LEFT JOIN cashiers AS c ON c.branch_no = s.branch_no
    WHERE s.has_order
),

worded AS (
    -- The app's statuses of a sale, and sometimes a status that it does not define.
    SELECT
        *,
        CASE
            WHEN fault < 0.0006 THEN 'archived' WHEN fault < 0.0010 THEN NULL
            -- Giving money back cancels the order, even if it was only a part of it.
            WHEN outcome IN ('cancelled', 'refunded') THEN 'cancelled'
            WHEN outcome = 'failed' THEN 'pending'
            WHEN has_work_order AND delivered_at IS NULL THEN 'processing'
            WHEN is_web AND moment > local_end() - INTERVAL 5 DAY THEN 'shipped'
            WHEN payment_status IN ('pending', 'on_hold_payment') THEN 'pending'
            ELSE 'delivered'
        END AS status,
        CASE
            WHEN person_no IS NULL THEN CASE WHEN old < 0.88 THEN 'venta@pos.local' END
            WHEN old > 0.996 THEN concat(' ', upper(email))
            ELSE email
        END AS order_email,
        kind = 'glasses' AND agreement < 0.15 AND total > 30000 AS is_agreed,
        CASE WHEN is_old AND old < 0.6 THEN NULL WHEN NOT is_old AND old < 0.015 THEN NULL ELSE customer_id END
            AS named_customer
    FROM sold
)

SELECT
    visit_no, branch_no, org_no, moment, has_work_order, uuid_of('order', visit_no) AS id,
    CASE WHEN fault BETWEEN 0.002 AND 0.0035 THEN NULL ELSE branch_id(branch_no) END AS branch_id,
    CASE WHEN fault BETWEEN 0.004 AND 0.03 THEN NULL ELSE organization_id(org_no) END AS organization_id,
    named_customer AS customer_id, order_email AS email,
    -- The POS writes the RUT of the customer it is told, since it writes who that is.
    CASE WHEN named_customer IS NOT NULL AND NOT is_old AND NOT is_web THEN rut_of(person_no) END AS sii_rut,
    status, CASE WHEN fault BETWEEN 0.001 AND 0.0012 THEN NULL ELSE payment_status END
        AS payment_status,
    CAST(CASE
        WHEN fault BETWEEN 0.0012 AND 0.0016 THEN NULL WHEN fault BETWEEN 0.0016 AND 0.002 THEN -total
            ELSE total
    END AS DECIMAL(12, 2)) AS total_amount,
    CASE
        WHEN is_old AND draw('currency', visit_no) < 0.2 THEN 'ARS'
        WHEN fault BETWEEN 0.03 AND 0.034 THEN NULL WHEN fault BETWEEN 0.034 AND 0.0345 THEN 'USD'
        WHEN fault BETWEEN 0.0345 AND 0.037 THEN 'ARS' ELSE 'CLP'
    END AS currency,
    NOT is_web AS is_pos_sale,
    CASE WHEN is_web THEN CASE
        WHEN payment_method = 'credit' THEN CASE WHEN plan < 0.5 THEN 'mercadopago' ELSE 'credit_card' END
        WHEN payment_method = 'debit' THEN 'debit_card' ELSE 'transfer'
    END END AS payment_method_type,
    CASE WHEN is_agreed THEN uuid_of('agreement', CASE WHEN org_no = 2 THEN 6
        ELSE 1 + CAST(floor(agreement / 0.03)
        AS INTEGER) END) END AS agreement_id,
    CAST(CASE WHEN is_agreed THEN total - 20000 END AS DECIMAL(12, 2)) AS copago_amount,
    CAST(CASE WHEN is_agreed THEN 20000 END AS DECIMAL(12, 2)) AS institutional_amount,
    CAST(discount AS DECIMAL(12, 2)) AS discount_amount,
    CASE WHEN NOT is_old AND NOT is_web THEN uuid_of('admin', cashier_no) END AS pos_cashier_id,
    timezone(zone_of(org_no), moment) AS created_at,
    timezone(zone_of(org_no), coalesce(delivered_at, moment + INTERVAL 3 MINUTE)) AS updated_at,
    row_number() OVER (ORDER BY moment, visit_no) AS order_no
FROM worded;

CREATE TABLE public.orders AS
WITH repeated AS (
    -- Exports that were merged by hand contain a row twice: an older state of it, or a copy in another branch.
    SELECT *, 0 AS copy FROM draft.orders
    UNION ALL
    SELECT *, 1 AS copy FROM draft.orders WHERE draw('twice', visit_no) < 0.0008
)

SELECT
    id, concat('ORD-', lpad(CAST(order_no AS VARCHAR), 7, '0')) AS order_number,
    CASE WHEN copy = 1 AND draw('twice', visit_no) < 0.0002 THEN branch_id(2) ELSE branch_id END AS branch_id,
    organization_id, customer_id, email, sii_rut, CASE WHEN copy = 1 THEN 'processing' ELSE status END AS status,
    payment_status, total_amount, currency, is_pos_sale, payment_method_type, agreement_id, copago_amount,
    institutional_amount, discount_amount, pos_cashier_id, created_at,
    CASE WHEN copy = 1 THEN created_at ELSE updated_at END AS updated_at
FROM repeated
UNION ALL
SELECT
    id, order_number, branch_id, organization_id, customer_id, email, sii_rut, status, payment_status,
    total_amount, currency,
    is_pos_sale, payment_method_type, NULL, NULL, NULL, NULL, NULL, created_at, updated_at
FROM draft.odd_orders
ORDER BY created_at, id, branch_id, updated_at, total_amount;
