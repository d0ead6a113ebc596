-- Handmade quotes and appointments.
CREATE TABLE draft.odd_quotes AS
SELECT
    what, odd_id('2', number) AS id, odd_customer(customer) AS customer_id,
    concat('COT-ODD-', lpad(CAST(number AS VARCHAR), 2, '0')) AS quote_number, branch_id(branch_no) AS branch_id,
    organization_id(org_no) AS organization_id, status, CAST(amount AS DECIMAL(12, 2)) AS total_amount, currency,
    getvariable('until') - CAST(expires AS INTEGER) AS expiration_date,
    CASE WHEN number = 14 THEN odd_id('1', 2) END AS converted_to_work_order_id,
    odd_moment(1, days, '11:40:00') AS created_at
FROM (VALUES
    (1, 'stored as sent, its date is past: expired', 1, 1, 26, 'sent', 99990, 'CLP', 25, 5),
    (2, 'draft without a date: open', 1, 1, 26, 'draft', 109990, 'CLP', 25, NULL),
    (3, 'expires on the last day: still open', 1, 1, 26, 'sent', 119990, 'CLP', 25, 0),
    (4, 'null amount', 1, 1, 26, 'sent', NULL, 'CLP', 24, -6),
    (5, 'no organization', 1, NULL, 26, 'accepted', 129990, 'CLP', 24, -6),
    (6, 'no branch, of the chain', NULL, 1, 26, 'rejected', 139990, 'CLP', 24, -6),
    (7, 'unknown status', 1, 1, 26, 'revisar', 149990, 'CLP', 23, -7),
    (8, 'null status', 1, 1, 26, NULL, 159990, 'CLP', 23, -7),
    (9, 'after the end', 1, 1, 26, 'draft', 169990, 'CLP', -1, -31),
    (10, 'currency of the table''s default, ARS', 1, 1, 26, 'sent', 179990, 'ARS', 22, -8),
    (11, 'its customer is not in the data', 1, 1, 902, 'sent', 189990, 'CLP', 22, -8),
    (12, 'twice, in two branches: the row in CM-001', 1, 1, 28, 'sent', 199990, 'CLP', 21, -9),
    (12, 'twice, in two branches: the row in CM-002', 2, 1, 28, 'accepted', 199990, 'CLP', 21, -9),
    (13, 'null currency', 1, 1, 26, 'sent', 209990, NULL, 20, -10),
    (14, 'became work order 2 and stays accepted: converted', 2, 1, 27, 'accepted', 139990, 'CLP', 69, 39)
) AS t(number, what, branch_no, org_no, customer, status, amount, currency, days, expires);

CREATE TABLE draft.odd_appointments AS
SELECT
    what, odd_id('a', number) AS id, odd_customer(customer) AS customer_id, branch_id(branch_no) AS branch_id,
    organization_id(org_no) AS organization_id, getvariable('until') - CAST(days AS INTEGER) AS appointment_date, status,
    odd_moment(1, days + booked, '18:45:00') AS created_at
FROM (VALUES
    (1, 'guest without a customer', 1, 1, NULL, 'completed', 6, 3),
    (2, 'guest who did not come', 1, 1, NULL, 'no_show', 5, 3),
    (3, 'no branch, of the chain', NULL, 1, 26, 'completed', 6, 2),
    (4, 'no organization', 1, NULL, 26, 'completed', 6, 2),
    (5, 'unknown status', 1, 1, 26, 'reagendada', 4, 2),
    (6, 'null status', 1, 1, 26, NULL, 4, 2),
    (7, 'the day after the end, booked before it', 1, 1, 26, 'confirmed', -1, 4),
    (8, 'on the last day', 1, 1, 26, 'completed', 0, 4),
    (9, 'its customer is not in the data', 1, 1, 902, 'cancelled', 3, 2),
    (10, 'twice in one branch', 1, 1, 28, 'scheduled', 3, 2),
    (10, 'twice in one branch, booked later', 1, 1, 28, 'completed', 3, 1),
    (11, 'booked and dated after the end', 1, 1, 26, 'scheduled', -9, 3)
) AS t(number, what, branch_no, org_no, customer, status, days, booked);
