-- Handmade orders: every doubt about their customer, their amount, their time and their branch.
CREATE TABLE draft.odd_orders AS
WITH placed AS (
    -- days counts back from the end; customer is a number in odd_customers.
    SELECT number, what, branch_no, org_no, customer, email, status, payment_status, amount, currency, is_pos, days, clock
    FROM (VALUES
        (1, 'email only, matches customer 25 once trimmed and in lower case', 1, 1, NULL, 'caro.odd@CORREO.example ', 'delivered', 'paid', 89990, 'CLP', true, 12, '11:05'),
        (2, 'email only, shared by two customers: ambiguous_email', 1, 1, NULL, 'familia.odd@correo.example', 'delivered', 'paid', 45990, 'CLP', true, 12, '12:05'),
        (3, 'walk-in with the placeholder address', 1, 1, NULL, 'venta@pos.local', 'delivered', 'paid', 9990, 'CLP', true, 11, '13:05'),
        (4, 'another address at pos.local, capitals and a space', 1, 1, NULL, 'Mostrador2@POS.local ', 'delivered', 'paid', 7990, 'CLP', true, 11, '13:25'),
        (5, 'email of a customer of another branch: no_match', 1, 1, NULL, 'sucursal.dos@correo.example', 'delivered', 'paid', 19990, 'CLP', true, 10, '11:30'),
        (6, 'email with accents in capitals, matches customer 10', 1, 1, NULL, 'JOSÉ.ÑANDÚ@correo.example', 'delivered', 'paid', 29990, 'CLP', true, 10, '12:30'),
        (7, 'neither customer nor email', 2, 1, NULL, NULL, 'delivered', 'paid', 5990, 'CLP', true, 10, '17:30'),
        (8, 'email is the empty string', 2, 1, NULL, '', 'delivered', 'paid', 5990, 'CLP', true, 10, '17:35'),
        (9, 'names a customer that is not in the data', 1, 1, 902, 'venta@pos.local', 'delivered', 'paid', 24990, 'CLP', true, 9, '10:30'),
        (10, 'names a customer of the other organization', 1, 1, 12, 'kena.odd@correo.example', 'delivered', 'paid', 34990, 'CLP', true, 9, '10:45'),
        (11, 'no branch, of the chain; its email has no own branch to match in', NULL, 1, NULL, 'nora.odd@correo.example', 'delivered', 'paid', 15990, 'CLP', true, 9, '11:45'),
        (12, 'no customer; its work order names one: attributed', 1, 1, NULL, 'venta@pos.local', 'delivered', 'paid', 179980, 'CLP', true, 25, '12:10'),
        (13, 'no customer; its work orders name two: nobody', 1, 1, NULL, 'venta@pos.local', 'delivered', 'paid', 259980, 'CLP', true, 25, '13:10'),
        (14, 'cancelled, with a linked work order that lives', 1, 1, 26, 'nora.odd@correo.example', 'cancelled', 'paid', 149990, 'CLP', true, 24, '18:10'),
        (15, 'refunded, with a linked work order that lives', 2, 1, 27, 'nino.odd@correo.example', 'refunded', 'paid', 139990, 'CLP', true, 23, '18:20'),
        (16, 'payment failed', 1, 1, 26, 'nora.odd@correo.example', 'pending', 'failed', 54990, 'CLP', false, 23, '19:20'),
        (17, 'delivered, payment refunded', 1, 1, 26, 'nora.odd@correo.example', 'delivered', 'refunded', 44990, 'CLP', true, 22, '13:20'),
        (18, 'partially refunded: keeps what was paid less what was given back', 1, 1, 26, 'nora.odd@correo.example', 'delivered', 'partially_refunded', 64990, 'CLP', true, 22, '13:40'),
        (19, 'payment on hold', 2, 1, 27, 'nino.odd@correo.example', 'processing', 'on_hold_payment', 74990, 'CLP', false, 21, '13:40'),
        (20, 'unknown status', 1, 1, 26, 'nora.odd@correo.example', 'archivado_2019', 'paid', 11990, 'CLP', true, 21, '14:10'),
        (21, 'null status', 1, 1, 26, 'nora.odd@correo.example', NULL, 'paid', 12990, 'CLP', true, 20, '14:10'),
        (22, 'null payment status', 1, 1, 26, 'nora.odd@correo.example', 'delivered', NULL, 13990, 'CLP', true, 20, '14:20'),
        (23, 'unknown payment status', 1, 1, 26, 'nora.odd@correo.example', 'delivered', 'pagado', 14990, 'CLP', true, 20, '14:30'),
        (24, 'null amount', 1, 1, 26, 'nora.odd@correo.example', 'delivered', 'paid', NULL, 'CLP', true, 19, '14:30'),
        (25, 'negative amount', 1, 1, 26, 'nora.odd@correo.example', 'delivered', 'paid', -19990, 'CLP', true, 19, '14:40'),
        (26, 'amount of zero', 1, 1, 26, 'nora.odd@correo.example', 'delivered', 'paid', 0, 'CLP', true, 19, '14:50'),
        (27, 'amount with cents', 1, 1, 26, 'nora.odd@correo.example', 'delivered', 'paid', 12345.67, 'CLP', true, 18, '14:50'),
        (28, 'null currency: the report''s', 1, 1, 26, 'nora.odd@correo.example', 'delivered', 'paid', 23990, NULL, true, 18, '15:10'),
        (29, 'currency of the table''s default, ARS', 1, 1, 26, 'nora.odd@correo.example', 'delivered', 'paid', 33990, 'ARS', true, 18, '15:20'),
        (30, 'dollars, on the web, shipped', 1, 1, 26, 'nora.odd@correo.example', 'shipped', 'paid', 49, 'USD', false, 18, '15:30'),
        (31, 'no branch, of the chain', NULL, 1, 28, 'nela.odd@correo.example', 'delivered', 'paid', 16990, 'CLP', true, 17, '15:30'),
        (32, 'no branch and no organization', NULL, NULL, 28, 'nela.odd@correo.example', 'delivered', 'paid', 17990, 'CLP', true, 17, '15:40'),
        (33, 'branch that does not exist', 901, 1, 28, 'nela.odd@correo.example', 'delivered', 'paid', 18990, 'CLP', true, 17, '15:50'),
        (34, 'branch and organization disagree: the branch counts', 1, 2, 28, 'nela.odd@correo.example', 'delivered', 'paid', 21990, 'CLP', true, 16, '15:50'),
        (35, 'twice in one branch, the older row', 1, 1, 28, 'nela.odd@correo.example', 'pending', 'pending', 99990, 'CLP', true, 15, '11:10'),
        (36, 'twice, in two branches: the row in CM-001', 1, 1, 28, 'nela.odd@correo.example', 'delivered', 'paid', 59990, 'CLP', true, 15, '11:20'),
        (37, 'twice without updated_at: created_at settles it; the older row', 1, 1, 28, 'nela.odd@correo.example', 'pending', 'pending', 26990, 'CLP', true, 15, '11:30'),
        (38, 'the day after the end, at midnight', 1, 1, 26, 'nora.odd@correo.example', 'delivered', 'paid', 27990, 'CLP', true, -1, '00:00:00'),
        (39, 'a week after the end; a work order before the end links to it', 1, 1, 26, 'nora.odd@correo.example', 'delivered', 'paid', 189990, 'CLP', true, -7, '12:00:00'),
        (40, 'the last second of the last day', 1, 1, 26, 'nora.odd@correo.example', 'delivered', 'paid', 28990, 'CLP', true, 0, '23:59:59'),
        (41, 'the first second of the last day', 1, 1, 26, 'nora.odd@correo.example', 'delivered', 'paid', 31990, 'CLP', true, 0, '00:00:00'),
        (42, 'its customer is created after the end', 1, 1, 14, NULL, 'delivered', 'paid', 32990, 'CLP', true, 8, '16:00:00'),
        (43, 'its customer and its email are two people: the customer counts', 1, 1, 28, 'nora.odd@correo.example', 'delivered', 'paid', 35990, 'CLP', true, 8, '16:10:00'),
        (44, 'linked to by a work order of another branch', 1, 1, 28, 'nela.odd@correo.example', 'delivered', 'paid', 199990, 'CLP', true, 28, '16:20:00'),
        (45, 'linked to by a work order of the other organization', 1, 1, 28, 'nela.odd@correo.example', 'delivered', 'paid', 209990, 'CLP', true, 28, '16:30:00'),
        (46, 'two linked work orders, one of them cancelled: counts once', 1, 1, 28, 'nela.odd@correo.example', 'delivered', 'paid', 299980, 'CLP', true, 27, '16:40:00'),
        (47, 'only a cancelled work order is linked: channel pos', 1, 1, 28, 'nela.odd@correo.example', 'delivered', 'paid', 119990, 'CLP', true, 27, '16:50:00'),
        (48, 'partial, but its payments are more than its amount', 1, 1, 24, 'baja.odd@correo.example', 'delivered', 'partial', 50000, 'CLP', true, 14, '16:50:00'),
        (49, 'partial; one payment undated, one after the end', 1, 1, 24, 'baja.odd@correo.example', 'processing', 'partial', 90000, 'CLP', true, 14, '17:50:00'),
        (50, 'is_pos_sale null, paid by check: channel other', 1, 1, 24, 'baja.odd@correo.example', 'delivered', 'paid', 36990, 'CLP', NULL, 13, '17:50:00'),
        (51, 'of a customer without branch', 1, 1, 17, 'sin.sucursal@correo.example', 'delivered', 'paid', 37990, 'CLP', true, 13, '18:50:00'),
        (52, 'of a customer whose row is in two branches', 2, 1, 16, 'dos.casas@correo.example', 'delivered', 'paid', 38990, 'CLP', true, 13, '19:05:00'),
        (53, 'of the customer with a formula for a name', 1, 1, 1, NULL, 'delivered', 'paid', 39990, 'CLP', true, 7, '19:05:00'),
        (54, 'its email is that of a customer who has the placeholder as its own', 1, 1, 13, 'venta@pos.local', 'delivered', 'paid', 8990, 'CLP', true, 7, '19:10:00'),
        (55, 'first second of the month', 1, 1, 28, 'nela.odd@correo.example', 'delivered', 'paid', 41990, 'CLP', true, day(getvariable('until')) - 1, '00:00:00'),
        (56, 'last second of the month before', 1, 1, 28, 'nela.odd@correo.example', 'delivered', 'paid', 42990, 'CLP', true, day(getvariable('until')), '23:59:59'),
        (57, 'of the small organization, whose zone has no daylight saving: its last second', 101, 2, 12, 'kena.odd@correo.example', 'delivered', 'paid', 43990, 'CLP', true, 0, '23:59:59'),
        (62, 'cancelled and refunded as the app does, two notes give back a part: keeps the rest', 2, 1, 27, 'nino.odd@correo.example', 'cancelled', 'refunded', 129990, 'CLP', true, 150, '12:20:00'),
        (63, 'as the form for manual orders writes it: no branch, no organization, ARS', NULL, NULL, NULL, 'nela.odd@correo.example', 'pending', 'pending', 45000, 'ARS', false, 70, '12:30:00'),
        (64, 'of the branch MAIN, which has no organization: of nobody', 201, NULL, NULL, 'venta@pos.local', 'delivered', 'paid', 17990, 'CLP', true, 70, '12:40:00'),
        (65, 'walk-in address; the RUT of its ticket is that of customer 27, written otherwise', 2, 1, NULL, 'venta@pos.local', 'delivered', 'paid', 25990, 'CLP', true, 149, '12:50:00'),
        (66, 'the RUT of its ticket stands for nobody, and so does its address', 2, 1, NULL, 'venta@pos.local', 'delivered', 'paid', 15990, 'CLP', true, 148, '13:00:00')
    ) AS t(number, what, branch_no, org_no, customer, email, status, payment_status, amount, currency, is_pos, days, clock)
),

dated AS (
    -- From local time to an instant, in the zone of the row's organization.
    SELECT
        number, what, odd_branch(branch_no) AS branch_id, organization_id(org_no) AS organization_id,
        odd_customer(customer) AS customer_id, email, status, payment_status, amount, currency, is_pos,
        odd_moment(coalesce(org_no, 1), days, clock) AS created_at
    FROM placed
),

edges AS (
    -- The clocks go forward at the first midnight of a Sunday from 2 September on, which then does not exist,
    -- and back at the end of a Saturday in April, whose last hour comes twice.
    SELECT
        (SELECT max(d) FROM range(first_day(), getvariable('until') + 1, INTERVAL 1 DAY) AS t(d)
            WHERE month(d) = 9 AND isodow(d) = 7 AND day(d) BETWEEN 2 AND 8) AS spring,
        (SELECT max(d) FROM range(first_day(), getvariable('until') + 1, INTERVAL 1 DAY) AS t(d)
            WHERE month(d) = 4 AND isodow(d) = 7 AND day(d) BETWEEN 2 AND 8) AS autumn
),

shifted AS (
    -- Written in UTC: local time cannot tell the two repeated hours apart.
    SELECT number, what, CAST(CASE WHEN season = 's' THEN spring ELSE autumn END AS DATE) + CAST(clock AS TIME) AS utc_moment
    FROM edges CROSS JOIN (VALUES
        (58, 'the first instant of the day that has no midnight', 's', '04:00:00'),
        (59, 'one second earlier: the day before', 's', '03:59:59'),
        (60, 'the repeated hour of the 25-hour day, first time', 'a', '02:30:00'),
        (61, 'the repeated hour of the 25-hour day, second time', 'a', '03:30:00')
    ) AS t(number, what, season, clock)
),

repeats AS (
    -- The second row of an order that exists twice; later is in hours.
    SELECT number, what, branch_no, status, amount, later
    FROM (VALUES
        (35, 'twice in one branch, the newer row', 1, 'delivered', 99990, 24),
        (36, 'twice, in two branches: the row in CM-002, newer and dearer', 2, 'delivered', 61990, 24),
        (37, 'twice without updated_at: created_at settles it; the newer row', 1, 'delivered', 26990, 1)
    ) AS t(number, what, branch_no, status, amount, later)
),

tickets AS (
    -- The RUT on the ticket, and the way it is written; the other orders have none.
    SELECT number, rut_text(digits, form) AS sii_rut
    FROM (VALUES (15, 31300003, 0), (53, 31100001, 0), (62, 31300003, 0), (65, 31300003, 0.6), (66, 66666666, 0))
        AS t(number, digits, form)
),

together AS (
    -- All have the same columns now; case 37 has no updated_at.
    SELECT *, CASE WHEN number <> 37 THEN created_at END AS updated_at FROM dated
    UNION ALL
    SELECT
        d.number, r.what, branch_id(r.branch_no), d.organization_id, d.customer_id, d.email, r.status, 'paid', r.amount,
        d.currency, d.is_pos, CASE WHEN d.number = 37 THEN d.created_at + to_hours(r.later) ELSE d.created_at END,
        CASE WHEN d.number <> 37 THEN d.created_at + to_hours(r.later) END
    FROM repeats AS r INNER JOIN dated AS d USING (number)
    UNION ALL
    SELECT
        number, what, branch_id(1), organization_id(1), odd_id('c', 28), 'nela.odd@correo.example', 'delivered', 'paid',
        22990, 'CLP', false, timezone('UTC', utc_moment), timezone('UTC', utc_moment)
    FROM shifted
)

SELECT
    what, odd_id('0', number) AS id, concat('ODD-', lpad(CAST(number AS VARCHAR), 3, '0')) AS order_number, branch_id,
    organization_id, customer_id, email, sii_rut, status, payment_status,
    CAST(amount AS DECIMAL(12, 2)) AS total_amount,
    currency, is_pos AS is_pos_sale, CASE WHEN is_pos IS NULL THEN 'check' WHEN NOT is_pos THEN 'credit_card' END
        AS payment_method_type,
    created_at, updated_at
FROM together LEFT JOIN tickets USING (number);
