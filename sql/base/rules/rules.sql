-- ---
-- about = "What is void, what is a sale, and what is money in the report's currency (metrics 5). Every view uses these rules."
-- ---

CREATE OR REPLACE TEMP MACRO is_void_order(status, payment_status) AS (
    coalesce(status IN ('cancelled', 'refunded'), FALSE) OR coalesce(payment_status IN ('failed', 'refunded'), FALSE)
);

CREATE OR REPLACE TEMP MACRO is_void_work_order(status, payment_status) AS (
    coalesce(status IN ('cancelled', 'returned'), FALSE) OR coalesce(payment_status = 'refunded', FALSE)
);

CREATE OR REPLACE TEMP MACRO is_paid(payment_status) AS (
    coalesce(list_contains(getvariable('paid_statuses'), payment_status), FALSE)
);

-- The currency code that a row's text stands for; a missing currency is the report's.
CREATE OR REPLACE TEMP MACRO currency_code(code) AS (
    coalesce(
        getvariable('alias_targets')[list_position(getvariable('alias_codes'), upper(trim(code)))],
        nullif(upper(trim(code)), ''),
        getvariable('currency')
    )
);

CREATE OR REPLACE TEMP MACRO in_currency(code) AS (currency_code(code) = getvariable('currency'));

-- The money of a row, 0 when the amount is missing; NULL in another currency, so that sums and means skip it.
CREATE OR REPLACE TEMP MACRO money_of(amount, code) AS (
    CASE WHEN in_currency(code) THEN coalesce(amount, CAST(0 AS DECIMAL(18, 2))) END
);

-- A placeholder address: an exact address, or any address of a domain (written @domain).
CREATE OR REPLACE TEMP MACRO is_placeholder(email) AS (
    CASE
        WHEN list_contains(getvariable('placeholder_emails'), email) THEN TRUE
        ELSE list_contains(getvariable('placeholder_emails'), '@' || split_part(email, '@', -1))
    END
);

-- The day and the wall-clock time at which something happened, in the report's zone. Never use date_trunc:
-- on a day without midnight it returns 01:00.
CREATE OR REPLACE TEMP MACRO local_time(moment) AS (timezone(getvariable('zone'), moment));
CREATE OR REPLACE TEMP MACRO local_day(moment) AS (CAST(timezone(getvariable('zone'), moment) AS DATE));

-- Whether the source has a table at all.
CREATE OR REPLACE TEMP MACRO is_present(table_name) AS (list_contains(getvariable('present_tables'), table_name));

-- A quote that is still stored as open counts as expired once its date has passed.
CREATE OR REPLACE TEMP MACRO quote_bucket(status, expiration_date) AS (
    CASE
        WHEN status IN ('draft', 'sent')
            THEN CASE WHEN expiration_date < getvariable('as_of_date') THEN 'expired' ELSE 'open' END
        WHEN status = 'converted_to_work' THEN 'converted'
        WHEN status IN ('accepted', 'rejected', 'expired') THEN status
        ELSE 'unknown'
    END
);

-- A person's name as one text; NULL when both parts are missing.
CREATE OR REPLACE TEMP MACRO customer_name(first_name, last_name) AS (
    nullif(trim(concat_ws(' ', trim(first_name), trim(last_name))), '')
);

-- The segments of each scheme, in the usual order.
CREATE OR REPLACE TEMP MACRO lifecycle_segments() AS (['vip', 'regular', 'first-time', 'new', 'at-risk']);

CREATE OR REPLACE TEMP MACRO rfm_segments() AS (
    [
        'champions', 'loyal', 'potential-loyal', 'new-customer', 'promising', 'needs-attention',
        'about-to-sleep', 'at-risk', 'cant-lose', 'hibernating', 'lost', 'prospect'
    ]
);

-- Whether a RUT's check digit is right: the digits times 2, 3, … 7, 2, … from the right, modulo 11.
-- Computed only for what looks like a RUT: other texts may be of any length, and contain other characters.
CREATE OR REPLACE TEMP MACRO is_rut(rut) AS (
    coalesce(
        CASE
            WHEN regexp_matches(rut_key(rut), '^[0-9]{6,9}[0-9K]$')
                THEN right(rut_key(rut), 1) = substr(
                    '0K987654321',
                    CAST(1 + list_sum(
                        list_transform(
                            range(1, length(rut_key(rut))),
                            lambda place:
                            CAST(substr(rut_key(rut), length(rut_key(rut)) - place, 1) AS BIGINT)
                            * (2 + (place - 1) % 6)
                        )
                    ) % 11 AS BIGINT),
                    1
                )
        END,
        FALSE
    )
);

-- A linked work order never counts by itself, and a quote is not yet a purchase.
CREATE OR REPLACE TEMP MACRO is_purchase_work_order(is_void, is_quote, is_linked) AS (
    NOT is_void AND NOT is_quote AND NOT is_linked
);
