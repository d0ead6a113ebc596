-- The snapshot that the tool wrote: it keeps apart the few ids of which several rows could be the right one.
CREATE TEMP TABLE held_branches AS
SELECT branch.id, branch.code
FROM shop.raw.branches AS branch
INNER JOIN shop.raw.organizations AS organization ON branch.organization_id = organization.id
WHERE organization.slug = getvariable('organization');

SET VARIABLE organization_id = (
    SELECT id FROM shop.raw.organizations WHERE slug = getvariable('organization')
);

CREATE TEMP MACRO is_held(branch_id, organization_id) AS (
    branch_id IN (SELECT id FROM held_branches)
    OR (branch_id IS NULL AND organization_id = getvariable('organization_id'))
);

CREATE TEMP VIEW order_rows AS
SELECT *
FROM (FROM shop.raw.orders UNION ALL FROM shop.raw.orders_contested)
WHERE created_at < getvariable('until') AND is_held(branch_id, organization_id);

CREATE TEMP VIEW work_order_rows AS
SELECT *
FROM (FROM shop.raw.lab_work_orders UNION ALL FROM shop.raw.lab_work_orders_contested)
WHERE created_at < getvariable('until') AND is_held(branch_id, organization_id);

CREATE TEMP VIEW customer_rows AS
SELECT *
FROM (FROM shop.raw.customers UNION ALL FROM shop.raw.customers_contested)
WHERE created_at < getvariable('until') AND is_held(branch_id, organization_id);

CREATE TEMP VIEW payment_rows AS FROM shop.raw.order_payments UNION ALL FROM shop.raw.order_payments_contested;

CREATE TEMP VIEW note_rows AS FROM shop.raw.credit_notes UNION ALL FROM shop.raw.credit_notes_contested;

CREATE TEMP TABLE repeated_orders AS SELECT DISTINCT id FROM shop.raw.orders_contested;

CREATE TEMP TABLE repeated_work_orders AS SELECT DISTINCT id FROM shop.raw.lab_work_orders_contested;

CREATE TEMP TABLE repeated_customers AS SELECT DISTINCT id FROM shop.raw.customers_contested;
