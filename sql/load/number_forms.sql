-- What a number shows by the way it is written, before anything is known of its column.

-- A number in the plain form, when it is written so that its point, or its comma, can only divide decimals; quick, for
-- nearly every cell of a file is written in one of these ways.
CREATE OR REPLACE TEMP MACRO point_number(cell) AS (CASE WHEN cell NOT LIKE '%.___%' THEN cell END);

CREATE OR REPLACE TEMP MACRO comma_number(cell) AS (
    CASE
        WHEN NOT contains(cell, '.') THEN CASE WHEN cell NOT LIKE '%,___%' THEN replace(cell, ',', '.') END
        WHEN regexp_full_match(cell, '-?\d{1,3}(?:\.\d{3})+,\d{1,2}') THEN replace(replace(cell, '.', ''), ',', '.')
    END
);

CREATE OR REPLACE TEMP MACRO proved_number(cell) AS (
    CASE WHEN contains(cell, ',') THEN comma_number(cell) ELSE point_number(cell) END
);

-- A cell without currency, apostrophes and the kinds of blank: “$ 1.234”, “12.990 CLP”, “12.990.-”, “($5)”.
CREATE OR REPLACE TEMP MACRO amount_text(cell) AS (
    trim(regexp_replace(
        regexp_replace(bare_text(cell), '[\p{Z}'']', ' ', 'g'),
        '(?i)^([-−+(]?) ?(?:CLP ?\$?|\$) ?|[.,]-(\)?)$| ?(?:CLP|\$)(\)?)$',
        '\1\2\3',
        'g'
    ))
);

-- The digits and marks of an amount, without its sign (before, behind, or as brackets).
CREATE OR REPLACE TEMP MACRO amount_digits(amount) AS (
    CASE
        WHEN regexp_full_match(
            amount, '[-−+]? *[\d.,][\d., ]*(?:[eE][-+]?\d+)?|[\d.,][\d., ]*-|\([-−]? *[\d.,][\d., ]*\)'
        ) THEN regexp_replace(amount, '^[-−+( ]+|[-) ]+$', '', 'g')
    END
);

CREATE OR REPLACE TEMP MACRO amount_sign(amount) AS (
    CASE WHEN regexp_matches(amount, '^[-−(]|-$') THEN '-' ELSE '' END
);

-- What a number shows by itself: the mark that divides its decimals (',' or '.'), that it has none ('whole'),
-- or one mark before three digits, which shows nothing ('three').
CREATE OR REPLACE TEMP MACRO number_form(digits) AS (
    CASE
        WHEN regexp_full_match(digits, '\d+|\d{1,3}(?: \d{3})+|\d+[eE][-+]?\d+') THEN 'whole'
        WHEN regexp_full_match(digits, '[1-9]\d{0,2}[.,]\d{3}') THEN 'three'
        WHEN regexp_full_match(
            digits,
            '\d*\.(?:\d{1,2}|\d{4,})|(?:0\d*|\d{4,})?\.\d{3}|\d+\.|\d+\.\d+[eE][-+]?\d+'
            || '|\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:[, ]\d{3})+\.\d*'
        ) THEN '.'
        WHEN regexp_full_match(
            digits,
            '\d*,(?:\d{1,2}|\d{4,})|(?:0\d*|\d{4,})?,\d{3}|\d+,|\d+,\d+[eE][-+]?\d+'
            || '|\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:[. ]\d{3})+,\d*'
        ) THEN ','
    END
);

CREATE OR REPLACE TEMP MACRO form_of_number(cell) AS (
    CASE
        WHEN NOT contains(cell, ',') AND NOT contains(cell, '.') THEN 'whole'
        WHEN TRY_CAST(proved_number(cell) AS DECIMAL(18, 3)) IS NOT NULL
            THEN CASE WHEN contains(cell, ',') THEN ',' ELSE '.' END
        ELSE list_transform(
            [amount_text(cell)],
            lambda amount: list_transform([amount_digits(amount)], lambda digits: number_form(digits))[1]
        )[1]
    END
);
