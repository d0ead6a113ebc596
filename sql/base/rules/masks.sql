-- ---
-- about = "How personal data is shown masked, in reports and in the tables that a user's own SQL reads. A value of unexpected form is hidden."
-- ---

-- A name on one line: composed, so that the first character of a word has its accent; one space between words.
CREATE OR REPLACE TEMP MACRO plain_name(name) AS (
    trim(regexp_replace(nfc_normalize(name), '[\p{Cc}\p{Cf}\p{Z}]+', ' ', 'g'))
);

-- The first word of a plain name, when it is a first name: a word with a digit or an at sign is none.
CREATE OR REPLACE TEMP MACRO shown_first_name(first_word) AS (
    CASE
        WHEN regexp_matches(first_word, '[\p{N}@\x{ff20}\x{fe6b}]') THEN ''
        WHEN length(first_word) = 1 THEN first_word || '. '
        ELSE first_word || ' '
    END
);

-- Ana María Rojas → Ana R.; one word → A. One letter is no more than an initial. The lambda names the plain name, so
-- that it is made once.
CREATE OR REPLACE TEMP MACRO mask_name(name) AS (
    list_transform(
        [plain_name(name)],
        lambda plain: CASE
            WHEN plain = '' THEN '***'
            WHEN NOT contains(plain, ' ') OR shown_first_name(split_part(plain, ' ', 1)) = '' THEN left(plain, 1) || '.'
            ELSE shown_first_name(split_part(plain, ' ', 1)) || left(split_part(plain, ' ', -1), 1) || '.'
        END
    )[1]
);

-- Surnames alone: the initial of every word. Ortiz Contreras → O. C.
CREATE OR REPLACE TEMP MACRO mask_surname(surname) AS (
    CASE
        WHEN surname IS NULL THEN NULL
        WHEN plain_name(surname) = '' THEN '***'
        ELSE regexp_replace(plain_name(surname), '([^ ])[^ ]*', '\1.', 'g')
    END
);

CREATE OR REPLACE TEMP MACRO without_outer_spaces(written) AS (
    regexp_replace(written, '^[\s\x{85}\p{Z}]+|[\s\x{85}\p{Z}]+$', '', 'g')
);

-- ana@mail.cl → a***@mail.cl. An id, where nobody knows the address, names nobody and stays.
CREATE OR REPLACE TEMP MACRO mask_email(email) AS (
    CASE
        WHEN email IS NULL THEN NULL
        WHEN
            regexp_matches(
                without_outer_spaces(email), '^(unknown|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$'
            )
            THEN email
        WHEN
            regexp_matches(
                without_outer_spaces(email), '^[^@]*@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)*$'
            )
            THEN
                left(split_part(without_outer_spaces(email), '@', 1), 1) || '***@'
                || split_part(without_outer_spaces(email), '@', -1)
        ELSE '***'
    END
);

-- 9 1234 5123 → +56 9 *** 123; not a Chilean mobile number → *** 123
CREATE OR REPLACE TEMP MACRO mask_phone(phone) AS (
    CASE
        WHEN phone IS NULL THEN NULL
        WHEN length(digits_of(phone)) < 7 THEN '***'
        WHEN regexp_matches(digits_of(phone), '^(56)?9[0-9]{8}$') THEN '+56 9 *** ' || right(digits_of(phone), 3)
        ELSE '*** ' || right(digits_of(phone), 3)
    END
);

CREATE OR REPLACE TEMP MACRO plain_rut(rut) AS (
    upper(regexp_replace(rut, '[\s.,\x{2010}-\x{2015}\x{2212}-]+', '', 'g'))
);

-- 12.345.678-5 → **.***.***-5
CREATE OR REPLACE TEMP MACRO mask_rut(rut) AS (
    CASE
        WHEN rut IS NULL THEN NULL
        WHEN regexp_matches(plain_rut(rut), '^[0-9]{6,9}[0-9K]$') THEN '**.***.***-' || right(plain_rut(rut), 1)
        ELSE '***'
    END
);
