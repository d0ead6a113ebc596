-- Who may see what: every role, an admin of two branches, one whose access names no branch (all of them), and
-- two who must be refused.
CREATE TABLE draft.admins AS
SELECT admin_no, email, role, is_active, org_no, branch_nos
FROM (VALUES
    (1, 'root@opttius.example', 'root', true, 1, NULL),
    (2, 'dev@opttius.example', 'dev', true, 1, NULL),
    (3, 'gerencia@mirador-austral.example', 'super_admin', true, 1, NULL),
    (4, 'zona.centro@mirador-austral.example', 'admin', true, 1, [1, 2]),
    (5, 'jefe.cm003@mirador-austral.example', 'admin', true, 1, [3]),
    (6, 'caja.cm001@mirador-austral.example', 'employee', true, 1, [1]),
    (7, 'ventas.cm002@mirador-austral.example', 'vendedor', true, 1, [2]),
    (8, 'ex.empleada@mirador-austral.example', 'vendedor', false, 1, [1]),
    (9, 'sin.sucursal@mirador-austral.example', 'employee', true, 1, NULL),
    (10, 'contadora@mirador-austral.example', 'admin', true, 1, [0]),
    (11, 'duena@faro-del-estrecho.example', 'super_admin', true, 2, NULL),
    (12, 'caja@faro-del-estrecho.example', 'vendedor', true, 2, [101])
) AS t(admin_no, email, role, is_active, org_no, branch_nos);

CREATE TABLE public.admin_users AS
SELECT uuid_of('admin', admin_no) AS id, email, role, is_active, organization_id(org_no) AS organization_id
FROM draft.admins
ORDER BY admin_no;

CREATE TABLE public.admin_branch_access AS
WITH pairs AS (
    -- Number 0 is the row without a branch, which means every branch.
    SELECT admin_no, role, unnest(branch_nos) AS branch_no, branch_nos[1] AS first_no
    FROM draft.admins
)

SELECT
    uuid_of('admin', admin_no) AS admin_user_id,
    CASE WHEN branch_no > 0 THEN branch_id(branch_no) END AS branch_id,
    CASE WHEN role = 'admin' THEN 'manager' ELSE 'staff' END AS role,
    branch_no = first_no AS is_primary
FROM pairs
ORDER BY admin_no, branch_no;
