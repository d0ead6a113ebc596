-- Two organizations that must never mix: a chain whose branches increase with the data, and a small one in
-- Magallanes, in a zone without daylight saving. The third is the app's own, which every upgraded database holds.
CREATE TABLE public.organizations AS
SELECT organization_id(org_no) AS id, name, slug, subscription_tier, 'active' AS status, metadata
FROM (VALUES
    (1, 'Óptica Mirador Austral', 'mirador-austral', 'pro',
     '{"country": "CL", "currency": "CLP", "timezone": "America/Santiago"}'),
    (2, 'Óptica Faro del Estrecho', 'faro-del-estrecho', 'basic',
     '{"country": "CL", "currency": "CLP", "timezone": "America/Punta_Arenas"}'),
    (3, 'Opttius', 'opttius-platform', 'premium',
     '{"country": "CL", "currency": "CLP", "timezone": "America/Santiago", "is_platform": true}')
) AS t(org_no, name, slug, subscription_tier, metadata)
ORDER BY org_no;

-- The currency that each shop has set in the app.
CREATE TABLE public.organization_settings AS
SELECT organization_id(org_no) AS organization_id, 'CLP' AS currency, 'CL' AS country
FROM (VALUES (1), (2)) AS t(org_no)
ORDER BY org_no;

CREATE TABLE public.subscription_tiers AS
SELECT name, features
FROM (VALUES
    ('basic', '{"advanced_analytics": false, "max_branches": 2}'),
    ('pro', '{"advanced_analytics": true, "max_branches": 20}'),
    ('premium', '{"advanced_analytics": true, "max_branches": null}')
) AS t(name, features);

CREATE TABLE draft.branches AS
WITH places AS (
    -- The first shops are the busiest; the chain opens the others as it grows. PA-002 is closed: is_active
    -- must change no figure. MAIN is the branch without organization that the app's migrations leave.
    SELECT branch_no, org_no, code, name, weight, is_active
    FROM (VALUES
        (1, 1, 'CM-001', 'Providencia', 9, true), (2, 1, 'CM-002', 'Maipú', 7, true),
        (3, 1, 'CM-003', 'Valparaíso', 6, true), (4, 1, 'CM-004', 'Concepción', 6, true),
        (5, 1, 'CM-005', 'La Florida', 5, true), (6, 1, 'CM-006', 'Ñuñoa', 5, true),
        (7, 1, 'CM-007', 'Antofagasta', 5, true), (8, 1, 'CM-008', 'Temuco', 4, true),
        (9, 1, 'CM-009', 'La Serena', 4, true), (10, 1, 'CM-010', 'Rancagua', 3, true),
        (11, 1, 'CM-011', 'Chillán', 3, true), (12, 1, 'CM-012', 'Puerto Montt', 3, true),
        (101, 2, 'PA-001', 'Punta Arenas Centro', 7, true), (102, 2, 'PA-002', 'Puerto Natales', 2, false),
        (201, NULL, 'MAIN', 'Sucursal principal', 0, true)
    ) AS t(branch_no, org_no, code, name, weight, is_active)
)

SELECT branch_no, org_no, code, name, weight, is_active
FROM places
WHERE coalesce(org_no, 2) = 2 OR branch_no <= 3 + getvariable('customers') // 20000
ORDER BY branch_no;

CREATE TABLE public.branches AS
SELECT branch_id(branch_no) AS id, organization_id(org_no) AS organization_id, name, code, is_active
FROM draft.branches
ORDER BY branch_no;

SET VARIABLE chain_branches = (
    SELECT weighted(list(branch_no ORDER BY branch_no), list(weight ORDER BY branch_no))
    FROM draft.branches WHERE org_no = 1
);
SET VARIABLE small_branches = (
    SELECT weighted(list(branch_no ORDER BY branch_no), list(weight ORDER BY branch_no))
    FROM draft.branches WHERE org_no = 2
);

CREATE TABLE draft.agreements AS
SELECT org_no, agreement_no, name, agreement_type, institution_name
FROM (VALUES
    (1, 1, 'Bono Fonasa lentes mayores de 65', 'fonasa', 'Fonasa'),
    (1, 2, 'Convenio isapre Cumbre Salud', 'isapre', 'Isapre Cumbre Salud'),
    (1, 3, 'Convenio isapre Nueva Ribera', 'isapre', 'Isapre Nueva Ribera'),
    (1, 4, 'Caja de compensación Los Canelos', 'caja', 'Caja Los Canelos'),
    (1, 5, 'Sindicato Minera Quebrada Honda', 'empresa', 'Minera Quebrada Honda'),
    (2, 6, 'Bono Fonasa, Magallanes', 'fonasa', 'Fonasa')
) AS t(org_no, agreement_no, name, agreement_type, institution_name);

CREATE TABLE public.agreements AS
SELECT
    uuid_of('agreement', agreement_no) AS id, organization_id(org_no) AS organization_id, name,
    agreement_type,
    institution_name
FROM draft.agreements
ORDER BY agreement_no;
