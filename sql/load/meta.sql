-- What a snapshot knows of itself, besides the rows.
CREATE SCHEMA raw;
CREATE SCHEMA meta;

-- Source, time of loading, versions: one row per fact.
CREATE TABLE meta.manifest (name VARCHAR, value VARCHAR);

-- A row per table that the source holds: in how many files, and how many rows were read from them.
CREATE TABLE meta.loaded (table_name VARCHAR, files BIGINT, rows_read BIGINT);

-- What the source lacks: a table (column_name is NULL) or an optional column of it.
CREATE TABLE meta.missing (table_name VARCHAR, column_name VARCHAR, quiet BOOLEAN);

-- A row per cell that could not be read; refused says whether its row was left out.
-- tenant and order_id tell whose row it was; strayed, that what names its owner could not be read. The cells of one
-- row share its ordinal, and no other row of the table has it: rows of a database have no line, and several of a file
-- may be on one.
CREATE TABLE meta.rejects (
    table_name VARCHAR, origin VARCHAR, line BIGINT, column_name VARCHAR, reason VARCHAR,
    refused BOOLEAN, tenant INTEGER, order_id VARCHAR, ordinal BIGINT, strayed BOOLEAN
);

-- How a column was read where its cells did not say it: 3/4/2026 is 3 April where nothing proves otherwise.
CREATE TABLE meta.readings (
    table_name VARCHAR, origin VARCHAR, column_name VARCHAR, reading VARCHAR, cells BIGINT
);

-- What of the source is not read: a file, folder, sheet or block, why, which table it seems to hold, and the columns
-- that it lacks.
CREATE TABLE meta.unread (name VARCHAR, reason VARCHAR, table_name VARCHAR, columns VARCHAR);

-- Children whose order is not in the data.
CREATE TABLE meta.orphans (table_name VARCHAR, rows BIGINT);

-- How many rows an owner has in a part of a table's time, and of when they are (microseconds; NULL: undated).
-- Copies are the rows as the source held them, repeated ones included.
CREATE TABLE meta.tallies (
    table_name VARCHAR, tenant INTEGER, part BIGINT, begins BIGINT, ends BIGINT, latest BIGINT,
    rows BIGINT, copies BIGINT
);

-- The views of sales that are stored for whole organizations, each in a table of its own: by which rules, and between
-- which instants they hold, the last of which is the first that is too late (NULL: none).
CREATE SCHEMA stored;
CREATE TABLE stored.organizations (
    organization INTEGER, rules VARCHAR, valid_from TIMESTAMPTZ, valid_until TIMESTAMPTZ
);
