-- Handmade products and stock.
CREATE TABLE draft.odd_products AS
SELECT odd_id('6', number) AS id, number, what, name, family, status, branch_no
FROM (VALUES
    (1, 'formula-like name, no category: uncategorised', '=1+1', NULL, 'active', NULL),
    (2, 'quotes, comma and line break in the name', 'Estuche "Viña", rojo' || chr(10) || '2 unidades',
     'accessory', 'active', NULL),
    (3, 'archived, yet with stock: not in the inventory', 'Armazón descontinuado', 'frame', 'archived', NULL),
    (4, 'belongs to a branch only, no organization', 'Lentes de lectura Maipú', 'accessory', 'active', 2),
    (5, 'null status, null stock figures', 'Producto sin estado', 'accessory', NULL, NULL),
    (6, 'category that does not exist', 'Producto huérfano', 'missing', 'active', NULL),
    (7, 'low stock: threshold null means 5, available null', 'Gotas importadas', 'liquid', 'active', NULL),
    (8, 'reserved above quantity: out of stock', 'Caja de prueba', 'contact', 'active', NULL),
    (9, 'plenty in one branch, low in another: low stock', 'Paño emoji 👓', 'accessory', 'active', NULL)
) AS t(number, what, name, family, status, branch_no);

CREATE TABLE draft.odd_stock AS
SELECT number, branch_no, quantity, reserved, available, threshold
FROM (VALUES
    (1, 1, 40, 0, 40, 5), (2, 1, 30, 2, 28, 5), (3, 1, 12, 0, 12, 5), (4, 2, 9, 0, 9, 3), (5, 2, 0, NULL, NULL, NULL),
    (6, 3, 15, 0, 15, 5), (7, 1, 5, NULL, NULL, NULL), (8, 1, 2, 6, NULL, 5), (9, 1, 60, 0, 60, 5), (9, 2, 3, 1, 2, 5)
) AS t(number, branch_no, quantity, reserved, available, threshold);
