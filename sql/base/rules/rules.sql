-- ---
-- about = "What is void, a sale, and money of the report's currency (metrics 5). Every view asks here."
-- ---

-- kept is what the shop keeps of a sale that was refunded in part, NULL for every other: some of it is still a sale.
CREATE OR REPLACE TEMP MACRO is_void_order(status, payment_status, kept) AS (
    kept IS NULL
    AND (
        coalesce(status IN ('cancelled', 'refunded'), FALSE)
        OR coalesce(payment_status IN ('failed', 'refunded', 'partially_refunded'), FALSE)
    )
);

CREATE OR REPLACE TEMP MACRO is_void_work_order(status, payment_status) AS (
    coalesce(status IN ('cancelled', 'returned'), FALSE) OR coalesce(payment_status = 'refunded', FALSE)
);

CREATE OR REPLACE TEMP MACRO is_paid(payment_status) AS (
    coalesce(list_contains(getvariable('paid_statuses'), payment_status), FALSE)
);

-- The code a row's currency stands for; a missing one is the report's.
CREATE OR REPLACE TEMP MACRO currency_code(code) AS (
    coalesce(
        getvariable('alias_targets')[list_position(getvariable('alias_codes'), upper(trim(code)))],
        nullif(upper(trim(code)), ''),
        getvariable('currency')
    )
);

CREATE OR REPLACE TEMP MACRO in_currency(code) AS (currency_code(code) = getvariable('currency'));

-- The money of a row, 0 when the amount is missing; NULL in another currency, so that no sum or mean sees it.
CREATE OR REPLACE TEMP MACRO money_of(amount, code) AS (
    CASE WHEN in_currency(code) THEN coalesce(amount, CAST(0 AS DECIMAL(18, 2))) END
);

-- An address that stands for nobody: an exact one, or every one of a domain (written @domain).
CREATE OR REPLACE TEMP MACRO is_placeholder(email) AS (
    CASE
        WHEN list_contains(getvariable('placeholder_emails'), email) THEN TRUE
        ELSE list_contains(getvariable('placeholder_emails'), '@' || split_part(email, '@', -1))
    END
);

-- The day and the wall-clock time at which something happened, in the report's zone. Never date_trunc:
-- on a day without midnight it answers 01:00.
CREATE OR REPLACE TEMP MACRO local_time(moment) AS (timezone(getvariable('zone'), moment));
CREATE OR REPLACE TEMP MACRO local_day(moment) AS (CAST(timezone(getvariable('zone'), moment) AS DATE));

-- Whether the export held a table at all.
CREATE OR REPLACE TEMP MACRO is_present(table_name) AS (list_contains(getvariable('present_tables'), table_name));

-- A figure that a table tells; NULL where the export did not hold it.
CREATE OR REPLACE TEMP MACRO where_present(table_name, figure) AS (CASE WHEN is_present(table_name) THEN figure END);

-- Whether the export held a column of a table that it held.
CREATE OR REPLACE TEMP MACRO has_column(of_table, of_column) AS (
    NOT EXISTS (
        SELECT 1
        FROM meta.missing
        WHERE table_name = of_table AND column_name = of_column
    )
);

-- A quote that is still open on paper is expired once its date has passed. The app leaves a quote that became work
-- accepted, and only names the work order.
CREATE OR REPLACE TEMP MACRO quote_bucket(status, expiration_date, work_order_id) AS (
    CASE
        WHEN status IN ('draft', 'sent')
            THEN CASE WHEN expiration_date < getvariable('as_of_date') THEN 'expired' ELSE 'open' END
        WHEN status = 'converted_to_work' OR (status = 'accepted' AND work_order_id IS NOT NULL) THEN 'converted'
        WHEN status IN ('accepted', 'rejected', 'expired') THEN status
        ELSE 'unknown'
    END
);

-- A person's name as one text; NULL when neither part is given.
CREATE OR REPLACE TEMP MACRO customer_name(first_name, last_name) AS (
    nullif(trim(concat_ws(' ', trim(first_name), trim(last_name))), '')
);

-- The names of each scheme, in the order in which people list them.
CREATE OR REPLACE TEMP MACRO lifecycle_segments() AS (['vip', 'regular', 'first-time', 'new', 'at-risk']);

CREATE OR REPLACE TEMP MACRO rfm_segments() AS (
    [
        'champions', 'loyal', 'potential-loyal', 'new-customer', 'promising', 'needs-attention',
        'about-to-sleep', 'at-risk', 'cant-lose', 'hibernating', 'lost', 'prospect'
    ]
);

-- How long a work order took, in microseconds, from ordered_at, which the POS never writes, else from created_at.
-- A delivery before its start is a typing error and no duration: NULL.
CREATE OR REPLACE TEMP MACRO delivery_time(ordered_at, created_at, delivered_at) AS (
    CASE
        WHEN coalesce(ordered_at, created_at) <= delivered_at
            THEN epoch_us(delivered_at) - epoch_us(coalesce(ordered_at, created_at))
    END
);

-- A delivery of which nobody wrote when it was.
CREATE OR REPLACE TEMP MACRO is_undated_delivery(status, delivered_at) AS (
    coalesce(status = 'delivered', FALSE) AND delivered_at IS NULL
);

-- A RUT that the settings say stands for nobody.
CREATE OR REPLACE TEMP MACRO is_placeholder_rut(rut) AS (
    list_contains(list_transform(getvariable('placeholder_ruts'), lambda written: ticket_key(written)), rut)
);

-- A linked work order never counts by itself, and a quote is nobody's purchase yet.
CREATE OR REPLACE TEMP MACRO is_purchase(is_void, is_quote, is_linked) AS (
    NOT is_void AND NOT is_quote AND NOT is_linked
);

-- How many rows a list shows: as many as there are where nobody says. Spark takes no more than 32 bits.
CREATE OR REPLACE TEMP MACRO row_limit(asked) AS (coalesce(asked, 2147483647));
