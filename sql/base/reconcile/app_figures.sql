-- ---
-- about = "Each figure of the app's dashboard beside ours (metrics 16), with the code of why the two may differ."
-- ---
-- of_table is the table whose figure ours is, read_from those that the app reads: of some it reads work orders alone.
CREATE OR REPLACE TEMP MACRO app_figure(key, of_table, ours, app, why, read_from) AS (
    {
        'key': key,
        'of_table': of_table,
        'ours': CAST(ours AS DECIMAL(36, 2)),
        'app': CAST(app AS DECIMAL(36, 2)),
        'why': why,
        'read_from': read_from
    }
);

-- The app's quotients over nothing are 0.
CREATE OR REPLACE TEMP MACRO app_ratio(amount, rows_read) AS (coalesce(money_per(amount, rows_read), 0));

CREATE OR REPLACE TEMP VIEW app_figures AS
WITH
known AS (
    SELECT count(*) AS customers
    FROM customers
),
waiting AS (
    SELECT count(*) FILTER (WHERE work_order_stage(status) = 'pending') AS pending
    FROM lab_work_orders
    WHERE created_at >= getvariable('from_at') AND created_at < getvariable('until_at')
),
listed AS (
    SELECT
        unnest([
            app_figure('posRevenue', 'orders', now.pos, app.pos, 'linked_in_pos', ['orders']),
            app_figure('workOrdersRevenue', 'lab_work_orders', now.work_order, app.lab, 'other_rule', ['lab_work_orders']),
            app_figure('previousRevenue', 'orders', before.revenue, app.lab_before, 'no_previous_pos', ['lab_work_orders']),
            app_figure(
                'revenueGrowth', 'orders', percent_of(now.revenue - before.revenue, before.revenue),
                CASE
                    WHEN app.lab_before > 0 THEN percent_of(app.pos + app.lab - app.lab_before, app.lab_before) ELSE 0
                END,
                'no_previous_pos', ['orders', 'lab_work_orders']
            ),
            app_figure('totalOrders', 'orders', now.orders, app.orders, 'window_edge', ['orders']),
            app_figure(
                'totalWorkOrders', 'lab_work_orders', now.work_orders, app.work_orders, 'window_edge', ['lab_work_orders']
            ),
            app_figure('totalQuotes', 'quotes', clinic.quotes, app.quotes, 'window_edge', ['quotes']),
            app_figure('totalAppointments', 'appointments', clinic.appointments, app.appointments, 'utc_dates', ['appointments']),
            app_figure('totalCustomers', 'customers', known.customers, app.customers, 'other_rule', ['customers']),
            app_figure('newCustomers', 'customers', now.customers, app.new_customers, 'window_edge', ['customers']),
            app_figure(
                'recurringCustomers', 'orders', now.recurring, app.returning_customers, 'no_email_column', ['lab_work_orders']
            ),
            app_figure(
                'avgOrderValue', 'orders', money_per(now.pos, now.pos_sales), app_ratio(app.pos, app.orders),
                'other_rule', ['orders']
            ),
            app_figure(
                'avgWorkOrderValue', 'lab_work_orders', money_per(now.work_order, now.work_order_sales),
                app_ratio(app.lab, app.work_orders), 'other_rule', ['lab_work_orders']
            ),
            app_figure(
                'avgQuoteValue', 'quotes', money_per(clinic.quoted, clinic.quotes_with_amount),
                app_ratio(app.quoted, app.quotes), 'other_rule', ['quotes']
            ),
            app_figure(
                'quoteConversionRate', 'quotes', percent_of(clinic.quotes_accepted + clinic.quotes_converted, clinic.quotes),
                app_ratio(app.won * 100, app.quotes), 'other_rule', ['quotes']
            ),
            app_figure(
                'appointmentCompletionRate', 'appointments', percent_of(clinic.completed, clinic.appointments),
                app_ratio(app.completed * 100, app.appointments), 'other_rule', ['appointments']
            ),
            app_figure(
                'avgDeliveryDays', 'lab_work_orders', days_per(clinic.took, clinic.deliveries),
                coalesce(floor_ratio(2 * app.days + app.deliveries, nullif(2 * app.deliveries, 0)), 0),
                'other_rule', ['lab_work_orders']
            ),
            app_figure('pendingWorkOrders', 'lab_work_orders', waiting.pending, app.pending, 'other_rule', ['lab_work_orders'])
        ]) AS figure,
        generate_subscripts(range(18), 1) AS line
    FROM app_sums AS app
    INNER JOIN sale_sums AS now ON now.place = 1
    INNER JOIN sale_sums AS before ON before.place = 2
    INNER JOIN clinic_sums AS clinic ON clinic.place = 1
    CROSS JOIN known
    CROSS JOIN waiting
),
told AS (
    SELECT
        listed.line,
        listed.figure.key,
        listed.figure.of_table,
        listed.figure.ours,
        listed.figure.app,
        listed.figure.why,
        listed.figure.read_from
    FROM listed
)
SELECT
    told.line,
    told.key,
    -- A table that the data lack makes a figure of its own null, here and there.
    where_present(told.of_table, told.ours) AS ours,
    unless_cut(told.read_from, where_present(told.of_table, told.app)) AS app,
    told.why
FROM told;
