-- ---
-- title = { es = "De qué se compone el cambio", en = "What the change is made of" }
-- grain = { es = "una fila por grupo de clientes y factor; las 8 suman el cambio de los ingresos", en = "one row per group of customers and factor; the 8 add up to the change of revenue" }
-- shape = "rows"
-- depends_on = "previous"
-- period = true
-- model = "split_groups"
-- chart = { kind = "waterfall", x = "factor", y = "change", group = "group", start = "drivers/summary.before", end = "drivers/summary.now" }
-- columns = ["group", "factor", "before", "now", "change"]
-- [column]
-- group = { kind = "text", vocabulary = "sale_group", es = "Grupo: clientes con su primera compra en la ventana, con una anterior, o ventas de nadie", en = "Group: customers whose first purchase is in the window, with an earlier one, or sales of nobody" }
-- factor = { kind = "text", vocabulary = "factor", es = "Factor: clientes, compras por cliente, ticket; sin cliente: ventas, ticket", en = "Factor: customers, purchases per customer, ticket; of nobody: sales, ticket" }
-- before = { kind = "number", es = "Antes: el factor en la ventana anterior", en = "Before: the factor in the previous window" }
-- now = { kind = "number", es = "Ahora: el factor en el período", en = "Now: the factor in the period" }
-- change = { es = "Parte: lo que este factor suma o resta a los ingresos", en = "Part: what this factor adds to revenue or takes from it" }
-- ---
WITH
-- Every group has its rows, also one that nobody belongs to.
named AS (
    SELECT unnest(['new', 'returning', 'unattributed']) AS sale_group, generate_subscripts([1, 2, 3], 1) AS place
)
SELECT
    named.sale_group AS "group",
    count(sale.money) FILTER (WHERE sale.place = 2) AS sales_before,
    count(sale.money) FILTER (WHERE sale.place = 1) AS sales_now,
    count(DISTINCT sale.customer_id) FILTER (WHERE sale.place = 2) AS customers_before,
    count(DISTINCT sale.customer_id) FILTER (WHERE sale.place = 1) AS customers_now,
    coalesce(sum(sale.money) FILTER (WHERE sale.place = 2), 0) AS amount_before,
    coalesce(sum(sale.money) FILTER (WHERE sale.place = 1), 0) AS amount_now
FROM named
LEFT JOIN driver_sales AS sale ON named.sale_group = sale.sale_group
GROUP BY named.place, named.sale_group
ORDER BY named.place;
