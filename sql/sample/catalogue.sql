-- What the shops sell, at realistic prices in pesos: without decimals, ending in 990.
CREATE TABLE public.categories AS
SELECT uuid_of('category', family) AS id, name
FROM (VALUES
    ('frame', 'Armazones'), ('lens', 'Cristales'), ('sun', 'Lentes de sol'),
    ('contact', 'Lentes de contacto'),
    ('liquid', 'Líquidos y cuidado'), ('accessory', 'Accesorios'), ('repair', 'Reparaciones')
) AS t(family, name)
ORDER BY family;

CREATE TABLE draft.catalogue AS
WITH shelves AS (
    -- A shelf consists of models in variants; low and high are its price limits in thousands of pesos.
    SELECT
        family, prefix, string_split(models, '|') AS models, string_split(variants, '|') AS variants,
        low, high
    FROM (VALUES
        ('frame', 'Armazón', 'Alerce AL-102|Lenga LG-21|Coigüe C-340|Pehuén P-7|Quillay QY-88|Tepú T-15',
            'negro|carey|azul|dorado|transparente', 30, 170),
        ('frame', 'Armazón', 'Chungungo Titanio|Ventisquero V9', 'grafito|plata|bordó', 150, 250),
        ('lens', 'Cristal monofocal', 'orgánico|policarbonato|alto índice',
            'blanco|antirreflejo|filtro azul', 25, 80),
        ('lens', 'Cristal bifocal', 'orgánico|policarbonato', 'blanco|antirreflejo', 60, 120),
        ('lens', 'Cristal multifocal', 'básico|digital|premium', 'antirreflejo|fotocromático', 130, 350),
        ('sun', 'Lentes de sol', 'Tamarugo TM-4|Cochayuyo CY-1|Reloncaví RV-2',
            'negro|habano|espejado', 25, 110),
        ('contact', 'Lentes de contacto', 'mensual|diario 30 u|anual', 'esférico|tórico', 20, 55),
        ('liquid', 'Solución', 'multipropósito|peróxido', '120 ml|360 ml', 7, 17),
        ('liquid', 'Gotas', 'lubricantes', '10 ml|15 ml', 6, 12),
        ('accessory', 'Estuche', 'rígido|blando', 'negro|rojo', 3, 10),
        ('accessory', 'Accesorio', 'paño|cordón|spray', 'clásico|deportivo', 3, 13),
        ('repair', 'Reparación', 'plaquetas|patillas|soldadura', 'simple|completa', 4, 15)
    ) AS t(family, prefix, models, variants, low, high)
),

products AS (
    -- Each organization keeps its own products; the small one has every model, and few variants.
    SELECT org_no, family, prefix, low, high, concat_ws(' ', prefix, model, variant) AS name
    FROM (
        SELECT family, prefix, low, high, variants, unnest(models) AS model FROM shelves
    ) CROSS JOIN unnest(variants) AS v(variant) CROSS JOIN (VALUES (1), (2)) AS o(org_no)
    WHERE org_no = 1 OR variant = variants[1] OR draw('small shelf', concat(model, variant)) < 0.15
)

SELECT
    org_no, family, name, concat(org_no, ' ', name) AS product_key,
    CASE
        WHEN prefix LIKE '%multifocal' THEN 'multifocal' WHEN prefix LIKE '%bifocal' THEN 'bifocal'
        WHEN family = 'lens' THEN 'monofocal'
    END AS lens_type,
    CAST(low + floor(draw('price', concat(org_no, name)) * (high - low + 1)) AS INTEGER) * 1000 - 10 AS price,
    -- A product's place on the shelf: the best sellers come first, whatever they cost.
    row_number() OVER (PARTITION BY org_no, family ORDER BY draw('place', concat(org_no, name)), name) - 1
        AS place,
    count(*) OVER (PARTITION BY org_no, family) AS shelf_size
FROM products
ORDER BY org_no, family, place;
