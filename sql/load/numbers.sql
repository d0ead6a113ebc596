-- How one cell of an export becomes a number. A lone mark before exactly three digits may divide thousands or
-- decimals: what it does is proved by the other cells of the column (mark: ',' or '.', the one that divides decimals;
-- '' where nothing is proved). Of money it is never thousandths; what is not proved is NULL.

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
