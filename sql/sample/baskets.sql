-- What was bought at each visit, line by line, and the total.
CREATE TABLE draft.lines AS
WITH baskets AS (
    -- A possible line of a kind of sale: its shelf, how often it occurs, and the most pieces.
    SELECT kind, line_no, family, chance, pieces
    FROM (VALUES
        ('glasses', 1, 'frame', 0.93, 1), ('glasses', 2, 'lens', 1.0, 1),
        ('glasses', 3, 'accessory', 0.16, 1),
        ('contact', 1, 'contact', 1.0, 4), ('contact', 2, 'liquid', 0.42, 2), ('sun', 1, 'sun', 1.0, 1),
        ('liquid', 1, 'liquid', 1.0, 2), ('liquid', 2, 'accessory', 0.2, 1), ('repair', 1, 'repair', 1.0, 1),
        ('accessory', 1, 'accessory', 1.0, 2), ('accessory', 2, 'accessory', 0.12, 1)
    ) AS t(kind, line_no, family, chance, pieces)
),

filled AS (
    -- When a shelf has no line, less was bought at that visit.
    SELECT
        visit_no, line_no, org_no, family, visit_no * 10 + line_no AS line_key,
        1 + CAST(floor(draw('pieces', visit_no * 10 + line_no) * pieces) AS INTEGER) AS quantity
    FROM draft.visits INNER JOIN baskets USING (kind)
    WHERE chance = 1 OR draw('in basket', visit_no * 10 + line_no) < chance
),

shelves AS (
    -- The number of products to choose from.
    SELECT DISTINCT org_no, family, shelf_size FROM draft.catalogue
),

chosen AS (
    -- The square favours the first products of a shelf: a few sell much, most sell little.
    SELECT *, CAST(floor(pow(draw('product', line_key), 2) * shelf_size) AS BIGINT) AS place
    FROM filled INNER JOIN shelves USING (org_no, family)
),

priced AS (
    -- The price belongs to the product and is the same for everybody.
    SELECT visit_no, line_no, line_key, product_key, name, lens_type, quantity, price,
        quantity * price AS full_price
    FROM chosen INNER JOIN draft.catalogue USING (org_no, family, place)
)

-- Sometimes a discount of a fifth, rounded to ten pesos.
SELECT
    visit_no, line_no, line_key, product_key, name, lens_type, quantity, price,
    CASE WHEN draw('discount', line_key) < 0.06 THEN full_price * 8 // 100 * 10
        ELSE full_price END AS total_price
FROM priced;

CREATE TABLE draft.totals AS
SELECT
    visit_no, CAST(sum(total_price) AS BIGINT) AS total, max(lens_type) AS lens_type,
    CAST(sum(quantity * price - total_price) AS BIGINT) AS discount
FROM draft.lines
GROUP BY visit_no;
