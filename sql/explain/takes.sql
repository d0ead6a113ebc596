-- ---
-- title = { es = "Lo que se toma de las filas", en = "What is taken of the rows" }
-- grain = { es = "una fila: todo lo que una cifra puede tomar de las filas que cuentan", en = "one row: everything that a figure can take of the rows that count" }
-- shape = "record"
-- history = "none"
-- parameters.share = { es = "El cuantil", en = "The quantile" }
-- parameters.customer = { es = "De qué cliente es la cifra", en = "Whose figure it is" }
-- columns = [
--     "rows_kept", "rows_with_money", "money", "customers", "products", "measure", "kept", "promised", "dates", "first_date",
--     "last_date", "place", "below", "above", "all_rows", "all_money", "branches_ahead", "own_measure",
--     "cuts_below", "cut_20", "cut_40", "cut_60", "cut_80",
-- ]
-- [column]
-- rows_kept = { kind = "count", es = "Filas", en = "Rows" }
-- rows_with_money = { kind = "count", es = "Filas con monto", en = "Rows with money" }
-- money = { kind = "money", es = "Monto", en = "Money" }
-- customers = { kind = "count", es = "Clientes", en = "Customers" }
-- products = { kind = "count", es = "Productos", en = "Products" }
-- measure = { kind = "count", es = "Medida", en = "Measure" }
-- kept = { kind = "count", es = "Cumplidas", en = "Kept" }
-- promised = { kind = "count", es = "Prometidas", en = "Promised" }
-- dates = { kind = "count", es = "Fechas", en = "Dates" }
-- first_date = { kind = "date", es = "Primera", en = "First" }
-- last_date = { kind = "date", es = "Última", en = "Last" }
-- place = { kind = "number", es = "Lugar", en = "Place" }
-- below = { kind = "count", es = "El valor de abajo", en = "The value below" }
-- all_rows = { kind = "count", es = "Todas las filas", en = "All rows" }
-- all_money = { kind = "money", es = "Todo el monto", en = "All money" }
-- branches_ahead = { kind = "count", es = "Sucursales con más", en = "Branches with more" }
-- own_measure = { kind = "count", es = "Medida del cliente", en = "The customer's measure" }
-- cuts_below = { kind = "count", es = "Cortes por debajo", en = "Cut points below" }
-- cut_20 = { kind = "count", es = "Corte del 20 %", en = "Cut point of 20 %" }
-- cut_40 = { kind = "count", es = "Corte del 40 %", en = "Cut point of 40 %" }
-- cut_60 = { kind = "count", es = "Corte del 60 %", en = "Cut point of 60 %" }
-- cut_80 = { kind = "count", es = "Corte del 80 %", en = "Cut point of 80 %" }
-- above = { kind = "count", es = "El valor de arriba", en = "The value above" }
-- ---
WITH
taken AS (
    SELECT
        count(*) AS rows_kept,
        count(*) FILTER (WHERE has_money) AS rows_with_money,
        coalesce(sum(amount), 0) AS money,
        count(DISTINCT customer_id) AS customers,
        -- Only stock has several rows of one id: one for each branch.
        count(DISTINCT id) FILTER (WHERE table_name = 'product_branch_stock') AS products,
        coalesce(sum(measure), 0) AS measure,
        count(*) FILTER (WHERE kept) AS kept,
        count(kept) AS promised,
        count(DISTINCT date) AS dates,
        min(date) AS first_date,
        max(date) AS last_date,
        list_sort(list(measure) FILTER (WHERE measure IS NOT NULL)) AS measures
    FROM explained
    WHERE step IS NULL
),
whole AS (
    SELECT count(*) AS all_rows, coalesce(sum(gross), 0) AS all_money
    FROM explained
),
-- What each branch brought, nothing too: the rank of one is 1 and those ahead of it.
branches_by_money AS (
    SELECT owner_id, bool_or(is_explained) AS is_explained, coalesce(sum(amount), 0) AS money
    FROM branch_codes
    LEFT JOIN explained ON CAST(owner_id AS VARCHAR) = branch_id AND step IS NULL
    GROUP BY owner_id
),
ranked AS (
    SELECT count(*) AS branches_ahead
    FROM branches_by_money AS other
    INNER JOIN branches_by_money AS own ON other.money > own.money
    WHERE own.is_explained
),
-- The measure of the customer whose score it is.
scored AS (
    SELECT max(measure) AS own_measure
    FROM explained
    WHERE step IS NULL AND customer_id = $customer
),
-- The quantile lies between two of the sorted values, at this place counted from 1.
placed AS (
    SELECT *, 1 + (rows_kept - 1) * CAST($share AS DECIMAL(3, 2)) AS place
    FROM taken
)
SELECT
    rows_kept,
    rows_with_money,
    money,
    customers,
    products,
    measure,
    kept,
    promised,
    dates,
    first_date,
    last_date,
    place,
    measures[CAST(floor(place) AS BIGINT)] AS below,
    measures[CAST(ceil(place) AS BIGINT)] AS above,
    whole.all_rows,
    whole.all_money,
    ranked.branches_ahead,
    scored.own_measure,
    cut_points_below(scored.own_measure, cut_points(measures)) AS cuts_below,
    cut_points(measures)[1] AS cut_20,
    cut_points(measures)[2] AS cut_40,
    cut_points(measures)[3] AS cut_60,
    cut_points(measures)[4] AS cut_80
FROM placed
CROSS JOIN whole
CROSS JOIN ranked
CROSS JOIN scored;
