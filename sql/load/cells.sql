-- How one cell of an export becomes a value. Each macro returns NULL for what it cannot read.
-- The plain form is tried first; the slower forms run only for cells that it cannot read.

-- “1.234.567,89”, “1234,5” and “$ 1.234” as a Spanish spreadsheet writes them, in the plain form.
CREATE OR REPLACE TEMP MACRO plain_number(cell) AS (
    CASE
        WHEN regexp_matches(cell, '^\s*-?\$?\s*-?\d{1,3}(\.\d{3})+(,\d+)?\s*$')
            THEN replace(replace(regexp_replace(cell, '[$\s]', '', 'g'), '.', ''), ',', '.')
        WHEN regexp_matches(cell, '^\s*-?\$?\s*-?\d+,\d+([eE][+-]?\d+)?\s*$')
            THEN replace(regexp_replace(cell, '[$\s]', '', 'g'), ',', '.')
        WHEN regexp_matches(cell, '^\s*-?\$?\s*-?\d+(\.\d+)?\s*$')
            THEN regexp_replace(cell, '[$\s]', '', 'g')
    END
);

-- An amount with more than 13 digits before the point is rejected: the source's columns hold 10, and sums and
-- products of stored amounts must not overflow.
CREATE OR REPLACE TEMP MACRO read_money(cell) AS (
    coalesce(TRY_CAST(cell AS DECIMAL(15, 2)), TRY_CAST(plain_number(cell) AS DECIMAL(15, 2)))
);

CREATE OR REPLACE TEMP MACRO read_number(cell) AS (
    coalesce(TRY_CAST(cell AS DECIMAL(18, 3)), TRY_CAST(plain_number(cell) AS DECIMAL(18, 3)))
);

-- In a file whose separator is “;” a dot groups thousands: 1.234 is one thousand two hundred and thirty-four.
CREATE OR REPLACE TEMP MACRO read_money_es(cell) AS (
    coalesce(TRY_CAST(plain_number(cell) AS DECIMAL(15, 2)), TRY_CAST(cell AS DECIMAL(15, 2)))
);

CREATE OR REPLACE TEMP MACRO read_number_es(cell) AS (
    coalesce(TRY_CAST(plain_number(cell) AS DECIMAL(18, 3)), TRY_CAST(cell AS DECIMAL(18, 3)))
);

CREATE OR REPLACE TEMP MACRO day_first(cell) AS (
    CASE
        WHEN regexp_matches(cell, '^\s*\d{1,2}[-/.]\d{1,2}[-/.]\d{2}(\D|$)')
            THEN try_strptime(replace(replace(trim(cell), '/', '-'), '.', '-'), [
                '%d-%m-%y %H:%M:%S', '%d-%m-%y %H:%M', '%d-%m-%y'
            ])
        WHEN regexp_matches(cell, '^\s*\d{1,2}[-/.]\d{1,2}[-/.]\d{4}')
            THEN coalesce(
                try_strptime(replace(trim(cell), '/', '-'), [
                    '%d-%m-%Y %H:%M:%S', '%d-%m-%Y %H:%M', '%d-%m-%Y', '%d-%m-%Y %H:%M:%S.%f'
                ]),
                try_strptime(trim(cell), ['%d.%m.%Y %H:%M:%S', '%d.%m.%Y %H:%M', '%d.%m.%Y'])
            )
    END
);

-- A day before a month and a year: 02-01-26 must not be read as the year 2.
CREATE OR REPLACE TEMP MACRO begins_with_day(cell) AS (regexp_matches(cell, '^\s*\d{1,2}[-/.]\d{1,2}[-/.]'));

-- Infinity is not a time, nor is a year that no calendar shows (a digit too many, or the zero date of some
-- programs), in any zone.
CREATE OR REPLACE TEMP MACRO known_moment(moment) AS (
    CASE WHEN moment BETWEEN TIMESTAMPTZ '0001-01-02 00:00:00+00' AND TIMESTAMPTZ '9999-12-31 09:00:00+00' THEN moment END
);
CREATE OR REPLACE TEMP MACRO known_date(day) AS (
    CASE WHEN day BETWEEN DATE '0001-01-02' AND DATE '9999-12-31' THEN day END
);

-- A timestamp without an offset is in the session's zone, which the loader sets.

CREATE OR REPLACE TEMP MACRO read_instant(cell) AS (
    known_moment(CASE
        WHEN begins_with_day(cell) THEN timezone(current_setting('TimeZone'), day_first(cell))
        ELSE TRY_CAST(trim(cell) AS TIMESTAMPTZ)
    END)
);

CREATE OR REPLACE TEMP MACRO read_date(cell) AS (
    known_date(CASE
        WHEN begins_with_day(cell) THEN CAST(day_first(cell) AS DATE)
        ELSE coalesce(TRY_CAST(trim(cell) AS DATE), CAST(TRY_CAST(trim(cell) AS TIMESTAMP) AS DATE))
    END)
);

CREATE OR REPLACE TEMP MACRO read_flag(cell) AS (
    coalesce(
        TRY_CAST(cell AS BOOLEAN),
        CASE
            WHEN lower(trim(cell)) IN ('verdadero', 'si', 'sí', 's', 'yes', 'y', 'on') THEN TRUE
            WHEN lower(trim(cell)) IN ('falso', 'no', 'n', 'off') THEN FALSE
        END
    )
);

-- An array as PostgreSQL prints it ({a,"b, c"}) or as JSON. Anything else is a list with one element.
CREATE OR REPLACE TEMP MACRO read_list(cell) AS (
    CASE
        WHEN cell LIKE '[%' THEN TRY_CAST(TRY_CAST(cell AS JSON) AS VARCHAR[])
        WHEN cell LIKE '{%}'
            THEN list_transform(
                regexp_extract_all(substr(cell, 2, length(cell) - 2), '"(?:[^"\\]|\\.)*"|[^,]+'),
                lambda part: CASE
                    WHEN part LIKE '"%'
                        THEN regexp_replace(substr(part, 2, length(part) - 2), '\\(.)', '\1', 'g')
                    WHEN upper(part) <> 'NULL' THEN part
                END
            )
        WHEN cell IS NOT NULL THEN [cell]
    END
);

-- NaN is PostgreSQL's “not a number”, and an infinite timestamp has no date: both are
-- read as NULL, like an empty cell.
CREATE OR REPLACE TEMP MACRO holds_something(cell) AS (
    cell IS NOT NULL
    AND lower(trim(CAST(cell AS VARCHAR))) NOT IN ('', 'nan', 'null', '\n', 'infinity', '-infinity', '+infinity')
);

CREATE OR REPLACE TEMP MACRO read_text(cell) AS (nullif(CAST(cell AS VARCHAR), ''));
