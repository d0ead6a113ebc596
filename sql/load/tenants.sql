-- The owners of rows: every branch, and every organization for its rows that name no branch.
-- Each has a small number, so that scoping a table compares integers.
CREATE TABLE meta.tenants AS
WITH
-- A branch owns the rows that name it, whatever organization they name.
branches AS (
    SELECT id AS branch_id, organization_id
    FROM raw.branches
),
-- An organization is known from its own table or from a branch of it.
organizations AS (
    SELECT id AS organization_id
    FROM raw.organizations
    UNION
    SELECT organization_id
    FROM raw.branches
    WHERE organization_id IS NOT NULL
),
owners AS (
    SELECT branch_id, organization_id
    FROM branches
    UNION ALL
    SELECT NULL AS branch_id, organization_id
    FROM organizations
)
SELECT
    CAST(row_number() OVER (ORDER BY organization_id, branch_id) AS INTEGER) AS tenant,
    branch_id,
    organization_id
FROM owners;
