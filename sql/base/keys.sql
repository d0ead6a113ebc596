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
