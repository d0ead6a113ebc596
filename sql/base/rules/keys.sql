-- ---
-- about = "The forms in which emails, RUTs and names are compared; the loader stores that of each email beside it (metrics 4)."
-- ---

-- Spaces are trimmed, letters with accents stay different letters; a blank address becomes NULL.
CREATE OR REPLACE TEMP MACRO email_key(email) AS (nullif(lower(trim(email)), ''));

-- A RUT without dots, dash and leading zeros, with an upper-case check digit; NULL when there is no digit.
CREATE OR REPLACE TEMP MACRO rut_key(rut) AS (
    nullif(ltrim(upper(regexp_replace(rut, '[^0-9kK]', '', 'g')), '0'), '')
);

-- Only digits with or without dots and dash, so that an email address is never taken for a RUT.
CREATE OR REPLACE TEMP MACRO looks_like_rut(written) AS (
    regexp_matches(written, '^\s*[0-9][0-9.]{5,12}-?[0-9kK]?\s*$')
);

CREATE OR REPLACE TEMP MACRO digits_of(written) AS (regexp_replace(written, '[^0-9]', '', 'g'));

CREATE OR REPLACE TEMP MACRO search_key(written) AS (lower(strip_accents(trim(written))));
