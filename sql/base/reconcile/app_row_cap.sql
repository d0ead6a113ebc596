-- ---
-- about = "The tables of which the app's queries would return more than 1,000 rows, so that what it sums cannot be known (metrics 16)."
-- ---
-- Where the app's query would return more than 1,000 rows, the database cuts it without an order.
CREATE OR REPLACE TEMP VIEW app_row_cap AS
SELECT table_name, rows_read
FROM (
    SELECT table_name, count(*) AS rows_read
    FROM bridge_rows
    WHERE is_read_by_app
    GROUP BY table_name
    UNION ALL
    SELECT 'lab_work_orders' AS table_name, count(*) AS rows_read
    FROM lab_work_orders
    WHERE
        branch_id IS NOT NULL
        AND created_at >= getvariable('app_before') AND created_at < getvariable('app_from')
    UNION ALL
    SELECT 'quotes' AS table_name, count(*) AS rows_read
    FROM quotes
    WHERE is_in_app_window(branch_id, created_at)
    UNION ALL
    SELECT 'appointments' AS table_name, count(*) AS rows_read
    FROM appointments
    WHERE
        branch_id IS NOT NULL
        AND appointment_date >= CAST(getvariable('app_from') AS DATE)
        AND appointment_date <= CAST(getvariable('app_until') AS DATE)
    UNION ALL
    SELECT 'customers' AS table_name, count(*) AS rows_read
    FROM customers
    WHERE branch_id IS NOT NULL
) AS read
WHERE rows_read > 1000;

CREATE OR REPLACE TEMP MACRO unless_cut(table_names, figure) AS (
    CASE
        WHEN
            NOT EXISTS (
                SELECT 1
                FROM app_row_cap
                WHERE list_contains(table_names, table_name)
            )
            THEN figure
    END
);
