-- Handmade customers: hostile names, shared and doubtful addresses, rows without a branch, duplicate rows.
CREATE MACRO odd_moment(org_no, days, clock) AS
    timezone(zone_of(org_no), getvariable('until') - CAST(days AS INTEGER) + CAST(clock AS TIME));

-- Numbers from 900 on refer to something that is in no table.
CREATE MACRO odd_customer(number) AS CASE
    WHEN number >= 900 THEN odd_id('f', number) WHEN number IS NOT NULL THEN odd_id('c', number)
END;
CREATE MACRO odd_branch(branch_no) AS CASE WHEN branch_no >= 900 THEN odd_id('f', branch_no) ELSE branch_id(branch_no) END;

CREATE TABLE draft.odd_customers AS
WITH placed AS (
    -- days and changed count back from the end: when the row was created, when it was last changed.
    SELECT number, what, branch_no, org_no, first_name, last_name, email, rut, is_active, days, changed
    FROM (VALUES
        (1, 'formula-like name', 1, 1, '=1+1', '=HYPERLINK("http://x.example","y")', NULL, '31.100.001-K', true, 400, 400),
        (2, 'formula-like name: +, -, @', 1, 1, '+56 9', '-2+3 @SUM(A1:A9)', NULL, NULL, true, 400, 400),
        (3, 'quotes, comma, semicolon', 1, 1, 'María "Mané"', 'O''Higgins; Pérez, Juan', NULL, NULL, true, 390, 390),
        (4, 'line break and tab', 2, 1, 'Ana' || chr(10) || 'Luisa', chr(9) || 'Tab Ulada', NULL, NULL, true, 380, 380),
        (5, 'emoji and accents', 1, 1, 'Zoë 👓', 'Ñúñez-Àlvarez Ü', 'zoe.odd@correo.example', NULL, true, 370, 370),
        (6, 'markup', 3, 1, '[bold]Pedro[/bold]', '<script>alert(1)</script>', NULL, NULL, true, 360, 360),
        (7, 'shares its email with 8: ambiguous', 1, 1, 'Luz', 'Compartida Uno', 'familia.odd@correo.example', NULL, true, 350, 350),
        (8, 'shares its email with 7: ambiguous', 1, 1, 'Max', 'Compartida Dos', 'Familia.Odd@correo.example', NULL, true, 350, 350),
        (9, 'its email is on an order of another branch', 2, 1, 'Inés', 'Otra Sucursal', 'sucursal.dos@correo.example', NULL, true, 340, 340),
        (10, 'accents in the email are letters of their own', 1, 1, 'José', 'Ñandú', 'josé.ñandú@correo.example', NULL, true, 330, 330),
        (11, 'the same email without accents: another person', 1, 1, 'Jose', 'Nandu', 'jose.nandu@correo.example', NULL, true, 330, 330),
        (12, 'of the small organization, named by an order of the chain', 101, 2, 'Kena', 'Del Estrecho', 'kena.odd@correo.example', NULL, true, 320, 320),
        (13, 'has the placeholder address as its own', 1, 1, 'Venta', 'Mostrador', 'venta@pos.local', NULL, true, 310, 310),
        (14, 'created after the end, named by an order before it', 1, 1, 'Ester', 'Del Futuro', NULL, NULL, true, -2, -2),
        (15, 'twice in one branch, the older row', 1, 1, 'Dora', 'Antes', NULL, NULL, true, 300, 300),
        (15, 'twice in one branch, the newer row', 1, 1, 'Dora', 'Después', 'dora.odd@correo.example', NULL, true, 300, 20),
        (16, 'twice, in two branches: the row in CM-001', 1, 1, 'Dos', 'Casas Uno', 'dos.casas@correo.example', NULL, true, 290, 290),
        (16, 'twice, in two branches: the row in CM-002, newer', 2, 1, 'Dos', 'Casas Dos', 'dos.casas@correo.example', NULL, true, 290, 10),
        (17, 'no branch, of the chain', NULL, 1, 'Sin', 'Sucursal', 'sin.sucursal@correo.example', NULL, true, 280, 280),
        (18, 'no branch and no organization', NULL, NULL, 'Sin', 'Casa', NULL, NULL, true, 280, 280),
        (19, 'branch that does not exist', 901, 1, 'Branch', 'Perdida', NULL, NULL, true, 270, 270),
        (20, 'branch and organization disagree: the branch counts', 1, 2, 'Contra', 'Dicha', NULL, NULL, true, 260, 260),
        (21, 'same RUT as 22, written otherwise', 1, 1, 'Rut', 'Con Puntos', NULL, '31.200.002-' || rut_check(31200002), true, 250, 250),
        (22, 'same RUT as 21, written otherwise', 2, 1, 'Rut', 'Sin Puntos', NULL, lower('31200002' || rut_check(31200002)), true, 240, 240),
        (23, 'nothing but an id: no name, no contact, is_active null', 3, 1, NULL, NULL, NULL, NULL, NULL, 230, 230),
        (24, 'not active, yet buys', 1, 1, 'Baja', 'Que Compra', 'baja.odd@correo.example', NULL, false, 700, 700),
        (25, 'spaces and capitals in the email', 1, 1, 'Caro', 'Mayúscula', '  Caro.ODD@Correo.Example ', NULL, true, 220, 220),
        (26, 'plain customer of CM-001 that other cases name', 1, 1, 'Nora', 'Normal Uno', 'nora.odd@correo.example', NULL, true, 210, 210),
        (27, 'plain customer of CM-002 that other cases name', 2, 1, 'Nino', 'Normal Dos', 'nino.odd@correo.example', '31.300.003-' || rut_check(31300003), true, 210, 210),
        (28, 'plain customer of CM-001 that other cases name; must not be contacted', 1, 1, 'Nela', 'Normal Tres', 'nela.odd@correo.example', NULL, true, 210, 210)
    ) AS t(number, what, branch_no, org_no, first_name, last_name, email, rut, is_active, days, changed)
)

SELECT
    what, odd_id('c', number) AS id, odd_branch(branch_no) AS branch_id, organization_id(org_no) AS organization_id,
    first_name, last_name, email, concat('+569000', lpad(CAST(number AS VARCHAR), 5, '0')) AS phone,
    replace(rut, '-K', '-' || rut_check(31100001)) AS rut, is_active, odd_moment(org_no, days, '10:15:00') AS created_at,
    odd_moment(org_no, changed, '10:16:00') AS updated_at, CASE WHEN number = 28 THEN ['no-contactar'] END AS tags
FROM placed;
