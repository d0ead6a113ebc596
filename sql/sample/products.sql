-- The product and stock tables: the shelves, and the handmade rows.
CREATE TABLE public.products AS
SELECT
    uuid_of('product', product_key) AS id, organization_id(org_no) AS organization_id,
    CAST(NULL AS UUID) AS branch_id,
    name, uuid_of('category', family) AS category_id,
    CASE WHEN draw('retired', product_key) < 0.04 THEN 'archived' ELSE 'active' END AS status,
        family AS product_type
FROM draft.catalogue
UNION ALL
SELECT
    odd_id('6', number), CASE WHEN branch_no IS NULL THEN organization_id(1) END, branch_id(branch_no), name,
    CASE WHEN family = 'missing' THEN odd_id('f', 6)
        WHEN family IS NOT NULL THEN uuid_of('category', family) END,
    status, coalesce(family, 'accessory')
FROM draft.odd_products
ORDER BY name, id;

CREATE TABLE public.product_branch_stock AS
WITH stocked AS (
    -- Lenses are cut by the lab and repairs are work: neither has stock.
    SELECT product_key, branch_no, draw('stock', concat(product_key, branch_no)) AS level, family
    FROM draft.catalogue INNER JOIN draft.branches USING (org_no)
    WHERE family NOT IN ('lens', 'repair') AND draw('stocked', concat(product_key, branch_no)) < 0.8
),

counted AS (
    -- The square leaves little stock of most products, and none of one in fourteen.
    SELECT *, CAST(CASE WHEN level < 0.07 THEN 0 ELSE floor(level * level * 40) END AS INTEGER) AS quantity
    FROM stocked
)

SELECT
    uuid_of('product', product_key) AS product_id, branch_id(branch_no) AS branch_id, quantity,
    CASE WHEN quantity > 6 THEN 1 ELSE 0 END AS reserved_quantity,
    CASE WHEN quantity > 6 THEN quantity - 1 ELSE quantity END AS available_quantity,
    CASE WHEN family = 'contact' THEN 8 ELSE 5 END AS low_stock_threshold
FROM counted
UNION ALL
SELECT odd_id('6', number), branch_id(branch_no), quantity, reserved, available, threshold
FROM draft.odd_stock
ORDER BY product_id, branch_id;
