-- The exports as they lie there: rows of the scope up to as-of, and which ids stand there more than once.
CREATE TEMP TABLE held_branches AS
SELECT branch.id, branch.code
FROM 'branches.parquet' AS branch
INNER JOIN 'organizations.parquet' AS organization ON branch.organization_id = organization.id
WHERE organization.slug = getvariable('organization');

SET VARIABLE organization_id = (
    SELECT id FROM 'organizations.parquet' WHERE slug = getvariable('organization')
);

CREATE TEMP MACRO is_held(branch_id, organization_id) AS (
    branch_id IN (SELECT id FROM held_branches)
    OR (branch_id IS NULL AND organization_id = getvariable('organization_id'))
);

CREATE TEMP VIEW order_rows AS
SELECT *
FROM 'orders.parquet'
WHERE created_at < getvariable('until') AND is_held(branch_id, organization_id);

CREATE TEMP VIEW work_order_rows AS
SELECT *
FROM 'lab_work_orders.parquet'
WHERE created_at < getvariable('until') AND is_held(branch_id, organization_id);

CREATE TEMP VIEW customer_rows AS
SELECT *
FROM 'customers.parquet'
WHERE created_at < getvariable('until') AND is_held(branch_id, organization_id);

CREATE TEMP VIEW payment_rows AS FROM 'order_payments.parquet';

CREATE TEMP VIEW note_rows AS FROM 'credit_notes.parquet';

CREATE TEMP TABLE repeated_orders AS
SELECT id FROM order_rows GROUP BY id HAVING count(*) > 1 AND max(created_at) >= getvariable('since');

CREATE TEMP TABLE repeated_work_orders AS
SELECT id FROM work_order_rows GROUP BY id HAVING count(*) > 1 AND max(created_at) >= getvariable('since');

CREATE TEMP TABLE repeated_customers AS
SELECT id FROM customer_rows GROUP BY id HAVING count(*) > 1;
