-- How one cell of an export becomes a number. A lone mark before exactly three digits may divide thousands or
-- decimals: what it does is proved by the other cells of the column (mark: ',' or '.', the one that divides decimals;
-- '' where nothing is proved). Of money it is never thousandths; what is not proved is NULL.

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
        '(?i)^([-−+(]?) ?(?:CLP ?\$?|\$) ?|[.,]-$| ?(?:CLP|\$)(\)?)$',
        '\1\2',
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

-- A number in the plain form, its decimals divided by this mark.
CREATE OR REPLACE TEMP MACRO plain_number(digits, mark) AS (
    replace(replace(replace(digits, ' ', ''), CASE mark WHEN ',' THEN '.' WHEN '.' THEN ',' END, ''), ',', '.')
);

-- Which mark divides the decimals of a number, by itself or by its column.
CREATE OR REPLACE TEMP MACRO money_mark(digits, mark) AS (
    CASE number_form(digits)
        WHEN 'whole' THEN '.'
        -- The mark that is not the decimals' groups thousands; the decimals' own would make thousandths.
        WHEN 'three' THEN CASE WHEN mark <> '' AND NOT contains(digits, mark) THEN mark END
        ELSE number_form(digits)
    END
);

CREATE OR REPLACE TEMP MACRO quantity_mark(digits, mark) AS (
    CASE number_form(digits)
        WHEN 'whole' THEN '.'
        -- A database writes 1.000 of a quantity with three decimals.
        WHEN 'three' THEN coalesce(nullif(mark, ''), CASE WHEN contains(digits, '.') THEN '.' END)
        ELSE number_form(digits)
    END
);

-- The plain form of an amount of money, and of a quantity; NULL for what is in doubt. Lambdas name what is used twice.
CREATE OR REPLACE TEMP MACRO plain_money(amount, mark) AS (
    amount_sign(amount) || list_transform(
        [amount_digits(amount)], lambda digits: plain_number(digits, money_mark(digits, mark))
    )[1]
);

CREATE OR REPLACE TEMP MACRO plain_quantity(amount, mark) AS (
    amount_sign(amount) || list_transform(
        [amount_digits(amount)], lambda digits: plain_number(digits, quantity_mark(digits, mark))
    )[1]
);

-- An amount of more than 13 digits before the point is none: the source's columns hold 10, and sums and
-- products of what is stored must not overflow. “$ -” is how a spreadsheet shows zero.
CREATE OR REPLACE TEMP MACRO read_money(cell, mark) AS (
    coalesce(
        TRY_CAST(proved_number(cell) AS DECIMAL(15, 2)),
        CASE
            WHEN NOT is_nothing(bare_text(cell))
                THEN TRY_CAST(list_transform(
                    [amount_text(cell)],
                    lambda amount: CASE WHEN amount IN ('-', '−') THEN '0' ELSE plain_money(amount, mark) END
                )[1] AS DECIMAL(15, 2))
        END
    )
);

CREATE OR REPLACE TEMP MACRO read_number(cell, mark) AS (
    coalesce(
        TRY_CAST(proved_number(cell) AS DECIMAL(18, 3)),
        TRY_CAST(
            list_transform([amount_text(cell)], lambda amount: plain_quantity(amount, mark))[1] AS DECIMAL(18, 3)
        )
    )
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
