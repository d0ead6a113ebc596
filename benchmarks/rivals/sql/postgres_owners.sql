-- Customers of the scope, and whose the orders are that name nobody of it, by section 4 of docs/metrics.md.
-- The server of the tests knows capitals of plain letters only, hence the collation; texts are compared byte by byte.
CREATE FUNCTION pg_temp.ticket_key(rut text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT nullif(ltrim(upper(regexp_replace(
        rut, '[-.[:space:]\u00A0\u2000-\u200A\u202F\u3000\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]', '', 'g'
    )), '0'), '')
$$;

-- 7 or 8 digits that are not all alike, and the right check digit.
CREATE FUNCTION pg_temp.names_a_person(key text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT key ~ '^[0-9]{7,8}[0-9K]$'
        AND replace(left(key, -1), left(key, 1), '') <> ''
        AND right(key, 1) = substr('0K987654321', 1 + (
            SELECT sum(CAST(digit AS integer) * (2 + (place - 1) %% 6)) %% 11
            FROM regexp_split_to_table(reverse(left(key, -1)), '') WITH ORDINALITY AS digits (digit, place)
            WHERE key ~ '^[0-9]{7,8}[0-9K]$'
        )::integer, 1)
$$;

CREATE TEMP TABLE customer_rows AS
SELECT id, branch_id, nullif(lower(trim(email) COLLATE "und-x-icu") COLLATE "C", '') AS email_key, pg_temp.ticket_key(rut) AS rut
FROM customers
WHERE created_at < %(until)s
    AND (
        branch_id IN (SELECT id FROM held_branches)
        OR (branch_id IS NULL AND organization_id = (SELECT id FROM organizations WHERE slug = %(organization)s))
    );

CREATE TEMP TABLE unnamed AS
SELECT sale.id, branch_id, customer_id, nullif(lower(trim(email) COLLATE "und-x-icu") COLLATE "C", '') AS email_key, pg_temp.ticket_key(sii_rut) AS rut
FROM order_rows AS sale
WHERE NOT EXISTS (SELECT FROM customer_rows AS customer WHERE customer.id = sale.customer_id);

ANALYZE customer_rows;
ANALYZE unnamed;

CREATE TEMP TABLE sought AS
WITH
linked AS (
    SELECT work.pos_order_id AS order_id, min(CAST(work.customer_id AS text)) AS customer_id
    FROM unnamed AS sale
    INNER JOIN work_order_rows AS work ON sale.id = work.pos_order_id
    LEFT JOIN customer_rows AS customer ON work.customer_id = customer.id
    WHERE NOT coalesce(work.status IN ('cancelled', 'returned'), FALSE)
        AND NOT coalesce(work.payment_status = 'refunded', FALSE)
    GROUP BY work.pos_order_id
    HAVING bool_and(customer.id IS NOT NULL) AND count(DISTINCT work.customer_id) = 1
),
by_rut AS (
    SELECT sale.id AS order_id, min(CAST(customer.id AS text)) AS customer_id
    FROM unnamed AS sale
    INNER JOIN customer_rows AS customer ON sale.branch_id = customer.branch_id AND sale.rut = customer.rut
    WHERE sale.customer_id IS NULL AND pg_temp.names_a_person(sale.rut)
    GROUP BY sale.id
    HAVING count(*) = 1
),
holders AS (
    SELECT branch_id, email_key, min(CAST(id AS text)) AS customer_id
    FROM customer_rows
    WHERE branch_id IS NOT NULL AND email_key NOT LIKE '%%@pos.local'
    GROUP BY branch_id, email_key
    HAVING count(*) = 1
)
SELECT
    sale.id,
    CAST(coalesce(linked.customer_id, by_rut.customer_id, holders.customer_id) AS uuid) AS customer_id
FROM unnamed AS sale
LEFT JOIN linked ON sale.id = linked.order_id
LEFT JOIN by_rut ON sale.id = by_rut.order_id
LEFT JOIN holders
    ON sale.customer_id IS NULL AND sale.branch_id = holders.branch_id AND sale.email_key = holders.email_key;

ANALYZE sought;
