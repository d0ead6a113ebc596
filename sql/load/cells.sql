-- How one cell of an export becomes a text, a flag or a list. Each macro returns NULL for what it cannot read.
-- The plain form is tried first; the slower forms run only for cells that it refused.

-- Whether a cell that begins or ends with the sign of this code has nothing to trim there: the sign is no blank, no
-- mark, and no beginning or end of _x000D_.
CREATE OR REPLACE TEMP MACRO is_plain_edge(code) AS (
    code BETWEEN 33 AND 94 OR code BETWEEN 96 AND 126 OR code BETWEEN 174 AND 1535
);

-- A cell without what programs put around it: blanks of every kind, what pads char(n), marks of byte order,
-- and the carriage return as Excel writes it.
CREATE OR REPLACE TEMP MACRO bare_text(cell) AS (
    CASE
        -- To see that nothing is to be trimmed is quicker than to trim.
        WHEN is_plain_edge(unicode(CAST(cell AS VARCHAR))) AND is_plain_edge(unicode(CAST(cell AS VARCHAR)[-1]))
            THEN CAST(cell AS VARCHAR)
        ELSE regexp_replace(
            CAST(cell AS VARCHAR), '^(?:[\p{Z}\p{Cc}\p{Cf}]|_x000D_)+|(?:[\p{Z}\p{Cc}\p{Cf}]|_x000D_)+$', '', 'g'
        )
    END
);

-- Words that programs write for no value, as the whole cell.
CREATE OR REPLACE TEMP MACRO is_nothing(bare) AS (
    lower(bare) IN ('', 'null', '(null)', '<null>', 'n/a', '<na>', 'none', 'nan', '-', '\n')
);

-- The text of a cell: the cell itself when nothing is to be trimmed and it is longer than each of these words, or
-- begins with none of the signs ( - < N \ n.
CREATE OR REPLACE TEMP MACRO read_text(cell) AS (
    CASE
        WHEN
            is_plain_edge(unicode(cell)) AND is_plain_edge(unicode(cell[-1]))
            AND (strlen(cell) > 6 OR unicode(cell) NOT IN (40, 45, 60, 78, 92, 110))
            THEN cell
        WHEN NOT is_nothing(bare_text(cell)) THEN bare_text(cell)
    END
);

-- A column of whole numbers that has gaps comes out of some programs with a fraction: 17.0 is 17.
CREATE OR REPLACE TEMP MACRO read_id(cell) AS (
    CASE
        WHEN contains(cell, '.0') THEN regexp_replace(read_text(cell), '^(\d+)\.0+$', '\1')
        ELSE read_text(cell)
    END
);

CREATE OR REPLACE TEMP MACRO read_flag(cell) AS (
    CASE
        WHEN lower(bare_text(cell)) IN (
            '1', '1.0', '-1', 't', 'true', 'v', 'verdadero', 'si', 'sí', 's', 'yes', 'y', 'on', 'activo', 'activa'
        ) THEN TRUE
        WHEN lower(bare_text(cell)) IN ('0', '0.0', 'f', 'false', 'falso', 'no', 'n', 'off', 'inactivo', 'inactiva')
            THEN FALSE
    END
);

-- An array as PostgreSQL prints it ({a,"b, c"}) or as JSON. Anything else is a list of itself, or nothing.
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
        WHEN NOT is_nothing(bare_text(cell)) THEN [bare_text(cell)]
    END
);

-- NaN is what PostgreSQL prints for a number that is none, and infinity for a moment that is none: both are
-- read as no value, like an empty cell.
CREATE OR REPLACE TEMP MACRO holds_something(cell) AS (
    cell IS NOT NULL
    AND NOT is_nothing(bare_text(cell))
    AND lower(bare_text(cell)) NOT IN ('infinity', '-infinity', '+infinity')
);
