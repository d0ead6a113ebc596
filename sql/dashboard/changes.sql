-- ---
-- title = { es = "Cambios", en = "Changes" }
-- grain = { es = "una fila por cifra del período: la misma en la ventana anterior, y cuánto cambió", en = "one row per figure of the window: the same one over the previous window, and how much it changed" }
-- shape = "map"
-- depends_on = "previous"
-- columns = ["figure", "previous", "change"]
-- [column]
-- figure = { kind = "text", vocabulary = "figure", es = "Cifra", en = "Figure" }
-- previous = { kind = "number", es = "Antes: la misma cifra en la ventana anterior", en = "Before: the same figure over the previous window", of = "$row", where = "in_previous" }
-- change = { kind = "number", es = "Cambio: en por ciento; de porcentajes y días, la diferencia", en = "Change: in percent; of percentages and days, the difference", of = "$row", where = "in_window", formula = "($row - previous) / previous * 100" }
-- ---
WITH
-- Numerator and denominator: money in cents, percentages in hundredths of a percent, days in microseconds. What lacks
-- its table has no numerator.
figures AS (
    SELECT
        sale.place,
        unnest([
            exact_figure('total_revenue', 'money', cents(revenue), 1),
            exact_figure('pos_revenue', 'money', cents(pos), 1),
            exact_figure('work_order_revenue', 'money', cents(where_present('lab_work_orders', work_order)), 1),
            exact_figure('other_revenue', 'money', cents(other), 1),
            exact_figure('sales_count', 'count', sales, 1),
            exact_figure('average_ticket', 'money', cents(revenue), sales_in_currency),
            exact_figure('average_pos_ticket', 'money', cents(pos), pos_sales),
            exact_figure(
                'average_work_order_ticket', 'money',
                cents(where_present('lab_work_orders', work_order)), work_order_sales
            ),
            exact_figure('outstanding_amount', 'money', cents(owed), 1),
            exact_figure('orders_count', 'count', orders, 1),
            exact_figure('work_orders_count', 'count', where_present('lab_work_orders', work_orders), 1),
            exact_figure('quotes_count', 'count', where_present('quotes', quotes), 1),
            exact_figure('appointments_count', 'count', where_present('appointments', appointments), 1),
            exact_figure('customers_new', 'count', customers, 1),
            exact_figure('customers_buying', 'count', buying, 1),
            exact_figure('customers_recurring', 'count', recurring, 1),
            exact_figure('average_quote_value', 'money', cents(quoted), quotes_with_amount),
            exact_figure('quote_conversion_pct', 'percent', (quotes_accepted + quotes_converted) * 10000, quotes),
            exact_figure('appointment_completion_pct', 'percent', completed * 10000, appointments),
            exact_figure('average_delivery_days', 'days', took, deliveries)
        ]) AS exact,
        generate_subscripts(range(20), 1) AS line
    FROM sale_sums AS sale
    INNER JOIN clinic_sums AS clinic ON sale.place = clinic.place
),
-- Worked out from the exact figures and rounded once: in hundredths, or in tenths of a day.
changed AS (
    SELECT
        now.line,
        now.exact.figure,
        CASE now.exact.kind
            WHEN 'days'
                THEN whole_ratio(before.exact.numerator * 10, before.exact.denominator * 86400000000) * 10
            WHEN 'count' THEN before.exact.numerator * 100
            ELSE whole_ratio(before.exact.numerator, before.exact.denominator)
        END AS previous,
        CASE now.exact.kind
            WHEN 'days'
                THEN
                    whole_ratio(
                        exact_difference(now.exact, before.exact) * 10,
                        now.exact.denominator * before.exact.denominator * 86400000000
                    ) * 10
            WHEN 'percent'
                THEN
                    whole_ratio(
                        exact_difference(now.exact, before.exact), now.exact.denominator * before.exact.denominator
                    )
            ELSE
                whole_ratio(
                    exact_difference(now.exact, before.exact) * 10000, before.exact.numerator * now.exact.denominator
                )
        END AS change
    FROM figures AS now
    LEFT JOIN figures AS before ON now.line = before.line AND before.place = 2
    WHERE now.place = 1
)
SELECT
    figure,
    in_hundredths(previous) AS previous,
    in_hundredths(change) AS change
FROM changed
ORDER BY line;
