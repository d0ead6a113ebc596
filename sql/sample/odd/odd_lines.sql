-- Handmade items, payments and credit notes: orphans, items without a product, payments without a date.
CREATE TABLE draft.odd_items AS
SELECT
    what, odd_id('4', number) AS id, CASE WHEN order_number >= 900 THEN odd_id('f', order_number)
        ELSE odd_id('0', order_number) END AS order_id,
    CASE WHEN product >= 900 THEN odd_id('f', product) WHEN product IS NOT NULL THEN odd_id('6', product) END
        AS product_id,
    product_name, quantity, CAST(unit AS DECIMAL(12, 2)) AS unit_price, CAST(total AS DECIMAL(12, 2)) AS total_price
FROM (VALUES
    (1, 'its order is not in the data', 903, 2, 'Estuche', 1, 9990, 9990),
    (2, 'no product; name with spaces and capitals', 1, NULL, '  Gotas Caseras ', 1, 4990, 4990),
    (3, 'no product; the same name in lower case', 2, NULL, 'gotas caseras', 2, 4990, 9980),
    (4, 'its product is not in the data', 3, 904, 'Armazón sin ficha', 1, 9990, 9990),
    (5, 'formula-like product name', 53, 1, '=1+1', 1, 39990, 39990),
    (6, 'returned goods: negative quantity and price', 25, 2, 'Estuche', -1, 19990, -19990),
    (7, 'of a void order', 14, 9, 'Paño emoji 👓', 1, 149990, 149990),
    (8, 'no product and no name', 7, NULL, NULL, 1, 5990, 5990),
    (9, 'uncategorised product', 6, 1, '=1+1', 1, 29990, 29990),
    (10, 'product of a category that does not exist', 9, 6, 'Producto huérfano', 1, 24990, 24990),
    (11, 'in dollars: in no sum', 30, 2, 'Estuche', 1, 49, 49),
    (12, 'null unit price', 28, 9, 'Paño emoji 👓', 3, NULL, 23990)
) AS t(number, what, order_number, product, product_name, quantity, unit, total);

CREATE TABLE draft.odd_payments AS
SELECT
    what, odd_id('5', number) AS id, CASE WHEN order_number >= 900 THEN odd_id('f', order_number)
        ELSE odd_id('0', order_number) END AS order_id,
    CAST(amount AS DECIMAL(12, 2)) AS amount, method AS payment_method,
    CASE WHEN days IS NOT NULL THEN odd_moment(1, days, '17:59:00') END AS paid_at
FROM (VALUES
    (1, 'its order is not in the data', 903, 9990, 'cash', 12),
    (2, 'undated', 49, 30000, 'cash', NULL),
    (3, 'after the end', 49, 20000, 'debit', -3),
    (4, 'more than was owed', 48, 60000, 'credit', 14),
    (5, 'of a void order', 14, 149990, 'debit', 24),
    (6, 'money given back: negative', 18, -10000, 'cash', 20),
    (7, 'of the partly refunded order', 18, 64990, 'cash', 22),
    (8, 'null method', 1, 89990, NULL, 12),
    (9, 'unknown method', 2, 45990, 'giftcard', 12),
    (10, 'in dollars: not among the methods', 30, 49, 'credit', 18),
    (11, 'of an order in pesos named ARS', 29, 33990, 'transfer', 18),
    (12, 'of an order after the end', 38, 27990, 'cash', -1),
    (13, 'check', 50, 36990, 'check', 13),
    (14, 'of the order refunded in part', 62, 129990, 'debit', 150)
) AS t(number, what, order_number, amount, method, days);

CREATE TABLE draft.odd_credit_notes AS
SELECT
    what, odd_id('7', number) AS id, CASE WHEN order_number >= 900 THEN odd_id('f', order_number)
        ELSE odd_id('0', order_number) END AS order_id,
    CAST(amount AS DECIMAL(12, 2)) AS amount, odd_moment(1, days, '18:10:00') AS created_at
FROM (VALUES
    (1, 'its order is not in the data', 903, 9990, 11),
    (2, 'first of two on one order', 62, 20000, 148),
    (3, 'second of two on one order', 62, 15000, 140),
    (4, 'after the end, of an order refunded in part before it', 62, 50000, -3),
    (5, 'of an order without payments: nothing is kept', 17, 44990, 20),
    (6, 'of the partially refunded order, beside the negative payment', 18, 4990, 19)
) AS t(number, what, order_number, amount, days);
