-- ---
-- about = "What is void, a sale, and money of the report's currency (metrics 5). Every view asks here."
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

-- A quote that is still open on paper is expired once its date has passed.
CREATE OR REPLACE TEMP MACRO quote_bucket(status, expiration_date) AS (
    CASE
        WHEN status IN ('draft', 'sent')
            THEN CASE WHEN expiration_date < getvariable('as_of_date') THEN 'expired' ELSE 'open' END
        WHEN status = 'converted_to_work' THEN 'converted'
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

-- Whether a RUT's check digit is right: the digits times 2, 3, … 7, 2, … from the right, modulo 11.
-- Only what looks like one is worked out: another text may be of any length, and its signs are no numbers.
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

-- A linked work order never counts by itself, and a quote is nobody's purchase yet.
CREATE OR REPLACE TEMP MACRO is_purchase_work_order(is_void, is_quote, is_linked) AS (
    NOT is_void AND NOT is_quote AND NOT is_linked
);
