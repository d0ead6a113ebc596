-- A shop in the app's own tables: bench.orders orders, a tenth as many customers, three branches. No chance is in it.
INSERT INTO organizations (id, name, slug) VALUES (md5('org')::uuid, 'Óptica de prueba', 'prueba');

INSERT INTO branches (id, organization_id, name, code)
SELECT
    md5('branch' || place)::uuid,
    md5('org')::uuid,
    'Sucursal ' || place,
    'S-' || place
FROM generate_series(0, 2) AS place;

INSERT INTO customers (id, branch_id, organization_id, first_name, last_name, email, created_at)
SELECT
    md5('customer' || place)::uuid,
    md5('branch' || place % 3)::uuid,
    md5('org')::uuid,
    'Ana',
    'Rojas ' || place,
    'ana' || place || '@correo.example',
    timestamptz '2022-01-01' + place % 1500 * interval '1 day'
FROM generate_series(1, greatest(current_setting('bench.orders')::integer / 10, 1)) AS place;

INSERT INTO orders (
    id, order_number, branch_id, organization_id, customer_id, email, status, payment_status, total_amount, currency,
    is_pos_sale, payment_method_type, created_at, updated_at, shipping_address, internal_notes
)
SELECT
    md5('order' || place)::uuid,
    'ORD-' || place,
    md5('branch' || place % 3)::uuid,
    md5('org')::uuid,
    CASE WHEN place % 7 > 0 THEN md5('customer' || place % (current_setting('bench.orders')::integer / 10) + 1)::uuid END,
    CASE WHEN place % 5 > 0 THEN 'ana' || place || '@correo.example' END,
    (ARRAY['delivered', 'delivered', 'delivered', 'pending', 'cancelled'])[place % 5 + 1],
    (ARRAY['paid', 'paid', 'paid', 'pending', 'failed'])[place % 5 + 1],
    (place % 200 + 1) * 990,
    'CLP',
    place % 3 = 0,
    CASE WHEN place % 3 > 0 THEN 'debit_card' END,
    timestamptz '2022-01-01 12:00+00' + place % 2500000 * interval '1 minute',
    timestamptz '2022-01-01 12:00+00' + place % 2500000 * interval '1 minute',
    '{"street": "Avenida Siempre Viva 742", "city": "Santiago"}'::jsonb,
    'una nota que nadie lee, para que la fila tenga su ancho'
FROM generate_series(1, current_setting('bench.orders')::integer) AS place;
