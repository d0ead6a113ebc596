-- ---
-- about = "By which form two emails, RUTs or names are the same; the loader keeps the email's beside it (metrics 4)."
-- ---

-- Spaces are trimmed, accents are letters of their own; a blank address is none.
CREATE OR REPLACE TEMP MACRO email_key(email) AS (nullif(lower(trim(email)), ''));

-- A RUT without dots, dash and leading zeros, its check digit in capitals; NULL when it holds no digit.
CREATE OR REPLACE TEMP MACRO rut_key(rut) AS (
    nullif(ltrim(upper(regexp_replace(rut, '[^0-9kK]', '', 'g')), '0'), '')
);

-- Digits with or without dots and dash, so that no address is taken for a RUT.
CREATE OR REPLACE TEMP MACRO looks_like_rut(written) AS (
    regexp_matches(written, '^\s*[0-9][0-9.]{5,12}-?[0-9kK]?\s*$')
);

CREATE OR REPLACE TEMP MACRO digits_of(written) AS (regexp_replace(written, '[^0-9]', '', 'g'));

CREATE OR REPLACE TEMP MACRO search_key(written) AS (lower(strip_accents(trim(written))));

-- Whether a RUT's check digit is right: the digits times 2, 3, … 7, 2, … from the right, modulo 11. digits are nine,
-- and the check digit.
CREATE OR REPLACE TEMP MACRO digit_at(digits, place) AS (CAST(substr(digits, place, 1) AS INTEGER));

CREATE OR REPLACE TEMP MACRO is_right_digit(digits) AS (
    right(digits, 1) = substr(
        '0K987654321',
        1 + (
            2 * digit_at(digits, 9) + 3 * digit_at(digits, 8) + 4 * digit_at(digits, 7)
            + 5 * digit_at(digits, 6) + 6 * digit_at(digits, 5) + 7 * digit_at(digits, 4)
            + 2 * digit_at(digits, 3) + 3 * digit_at(digits, 2) + 4 * digit_at(digits, 1)
        ) % 11,
        1
    )
);

CREATE OR REPLACE TEMP MACRO has_right_digit(key) AS (is_right_digit(lpad(key, 10, '0')));

-- Only what looks like one is worked out: another text may be of any length, and its signs are no numbers.
CREATE OR REPLACE TEMP MACRO is_rut(rut) AS (
    coalesce(CASE WHEN regexp_matches(rut_key(rut), '^[0-9]{6,9}[0-9K]$') THEN has_right_digit(rut_key(rut)) END, FALSE)
);

-- The RUT of a ticket or a customer without dots, dashes, spaces and leading zeros (metrics 4.3); any other sign stays.
CREATE OR REPLACE TEMP MACRO ticket_key(rut) AS (
    nullif(ltrim(upper(regexp_replace(rut, '[.\p{Pd}\x{2212}\p{Z}\s]', '', 'g')), '0'), '')
);

-- Whether such a key is a person's: 7 or 8 digits, the right check digit, and no number of one repeated digit.
CREATE OR REPLACE TEMP MACRO names_a_person(key) AS (
    coalesce(
        CASE
            WHEN regexp_matches(key, '^[0-9]{7,8}[0-9K]$')
                THEN has_right_digit(key) AND replace(left(key, -1), left(key, 1), '') <> ''
        END,
        FALSE
    )
);

-- The digits of a phone, a Chilean mobile number without its country.
CREATE OR REPLACE TEMP MACRO phone_key(phone) AS (
    nullif(regexp_replace(digits_of(phone), '^(?:56)?(9[0-9]{8})$', '\1'), '')
);
