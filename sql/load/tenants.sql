-- Who can own a row: every branch, every organization for its rows that name no branch, and nobody for those that
-- name neither (metrics 3 says whose they are). A small number stands for each, so that scoping a table compares
-- integers; nobody's is the last, beside those of the branches without organization.
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
    UNION ALL
    SELECT NULL AS branch_id, NULL AS organization_id
)
SELECT
    CAST(row_number() OVER (ORDER BY organization_id NULLS LAST, branch_id NULLS LAST) AS INTEGER) AS tenant,
    branch_id,
    organization_id
FROM owners;
