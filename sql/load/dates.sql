-- How one cell of an export becomes a date or a moment. Whether the day or the month stands first in 3/4/2026 is proved
-- by the cells of the column (first: 'day', 'month', or '' where cells prove both, and only what shows it is read).

-- The parts of a date that does not begin with its year; all empty for any other. Taking two digits from their places
-- is quicker than looking for them.
CREATE OR REPLACE TEMP MACRO date_parts(cell) AS (
    CASE
        WHEN regexp_full_match(cell, '\d\d[-/.]\d\d[-/.]\d{4}(?: \d\d:\d\d(?::\d\d)?)?')
            THEN {
                'one': substr(cell, 1, 2), 'two': substr(cell, 4, 2), 'year': substr(cell, 7, 4), 'time': substr(cell, 12)
            }
        ELSE regexp_extract(
            bare_text(cell),
            '^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:$|[T ,]+([^T ,].*)$)',
            ['one', 'two', 'year', 'time']
        )
    END
);

CREATE OR REPLACE TEMP MACRO begins_with_day(cell) AS (
    regexp_matches(bare_text(cell), '^\d{1,2}[-/.]\d{1,2}[-/.]\d')
);

-- What a date shows by itself: 'day' or 'month', whichever stands first; 'either' where both could.
CREATE OR REPLACE TEMP MACRO order_of_date(parts) AS (
    CASE
        WHEN parts.year = '' THEN NULL
        WHEN CAST(parts.one AS INTEGER) > 12 AND CAST(parts.two AS INTEGER) <= 12 THEN 'day'
        WHEN CAST(parts.two AS INTEGER) > 12 AND CAST(parts.one AS INTEGER) <= 12 THEN 'month'
        WHEN CAST(parts.one AS INTEGER) <= 12 AND CAST(parts.one AS INTEGER) <> CAST(parts.two AS INTEGER) THEN 'either'
    END
);

-- A time of day as DuckDB reads it: “3:04 PM”, “3:04 p. m.” become 15:04.
CREATE OR REPLACE TEMP MACRO plain_time(clock) AS (
    CASE
        WHEN clock = '' THEN ''
        WHEN regexp_matches(clock, '(?i)[ap]\.? ?m\.?$')
            THEN ' ' || strftime(try_strptime(
                upper(regexp_replace(clock, '(?i) ?([ap])\.? ?m\.?$', ' \1M')), ['%I:%M:%S %p', '%I:%M %p']
            ), '%H:%M:%S')
        ELSE ' ' || clock
    END
);

-- Whether the month stands first: by the column, or where its cells prove both, by the date itself.
CREATE OR REPLACE TEMP MACRO month_leads(parts, first) AS (
    first = 'month' OR (first = '' AND order_of_date(parts) = 'month')
);

-- The date with its year in front; two digits of a year are of this century.
CREATE OR REPLACE TEMP MACRO iso_date(parts, first) AS (
    CASE
        WHEN first = '' AND order_of_date(parts) = 'either' THEN NULL
        ELSE concat_ws(
            '-',
            CASE length(parts.year) WHEN 2 THEN '20' || parts.year ELSE parts.year END,
            lpad(CASE WHEN month_leads(parts, first) THEN parts.one ELSE parts.two END, 2, '0'),
            lpad(CASE WHEN month_leads(parts, first) THEN parts.two ELSE parts.one END, 2, '0')
        ) || plain_time(parts.time)
    END
);

-- Infinity is no moment. Nor is a year that no calendar shows (a digit too many, or the zero date of some programs),
-- whatever the zone in which it is looked at.
CREATE OR REPLACE TEMP MACRO known_moment(moment) AS (
    CASE WHEN moment BETWEEN TIMESTAMPTZ '0001-01-02 00:00:00+00' AND TIMESTAMPTZ '9999-12-31 09:00:00+00' THEN moment END
);
CREATE OR REPLACE TEMP MACRO known_date(day) AS (
    CASE WHEN day BETWEEN DATE '0001-01-02' AND DATE '9999-12-31' THEN day END
);

-- A date and time of day of two digits each, as most programs write them, whose day or month is known to lead; quick.
CREATE OR REPLACE TEMP MACRO fixed_moment(cell, first) AS (
    CASE
        WHEN first = '' OR NOT regexp_matches(cell, '^\d\d[-/.]\d\d[-/.]\d{4}') THEN NULL
        WHEN first = 'month'
            THEN try_strptime(
                translate(cell, '/.', '--'), ['%m-%d-%Y %H:%M:%S', '%m-%d-%Y %H:%M', '%m-%d-%Y']
            )
        ELSE try_strptime(translate(cell, '/.', '--'), ['%d-%m-%Y %H:%M:%S', '%d-%m-%Y %H:%M', '%d-%m-%Y'])
    END
);

-- A timestamp without an offset is in the session's zone, which the loader sets. Lambdas name what is used twice.
CREATE OR REPLACE TEMP MACRO year_first(cell, first) AS (
    CASE
        WHEN begins_with_day(cell) THEN list_transform([date_parts(cell)], lambda parts: iso_date(parts, first))[1]
        ELSE bare_text(cell)
    END
);

CREATE OR REPLACE TEMP MACRO read_instant(cell, first) AS (
    list_transform(
        [coalesce(
            CAST(fixed_moment(cell, first) AS TIMESTAMPTZ), TRY_CAST(year_first(cell, first) AS TIMESTAMPTZ)
        )],
        lambda moment: known_moment(moment)
    )[1]
);

CREATE OR REPLACE TEMP MACRO read_date(cell, first) AS (
    list_transform(
        [coalesce(CAST(fixed_moment(cell, first) AS VARCHAR), year_first(cell, first))],
        lambda day: known_date(coalesce(TRY_CAST(day AS DATE), CAST(TRY_CAST(day AS TIMESTAMP) AS DATE)))
    )[1]
);
