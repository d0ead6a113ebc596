-- What a snapshot records about itself, besides the rows.
CREATE SCHEMA raw;
CREATE SCHEMA meta;

-- Source, time of loading, versions: one row per entry.
CREATE TABLE meta.manifest (name VARCHAR, value VARCHAR);

-- A row per table of the source: the number of files, and the number of rows read from them.
CREATE TABLE meta.loaded (table_name VARCHAR, files BIGINT, rows_read BIGINT);

-- What the source lacks: a table (column_name is NULL), or an optional column of a table.
CREATE TABLE meta.missing (table_name VARCHAR, column_name VARCHAR, quiet BOOLEAN);

-- A row per cell that could not be read; refused tells whether its row was left out.
-- tenant and order_id tell who owns the row, if that could be read. The cells of one row share its ordinal, and
-- no other row of the table has it: database rows have no line number, and one line of a file may hold several.
CREATE TABLE meta.rejects (
    table_name VARCHAR, origin VARCHAR, line BIGINT, column_name VARCHAR, reason VARCHAR,
    refused BOOLEAN, tenant INTEGER, order_id VARCHAR, ordinal BIGINT
);

-- Children whose order is not in the data.
CREATE TABLE meta.orphans (table_name VARCHAR, rows BIGINT);

-- Rows that name a branch which is not in the data: they are in no scope.
CREATE TABLE meta.ownerless (table_name VARCHAR, rows BIGINT);

-- How many rows an owner has in each time slice of a table, and when they are dated (microseconds; NULL: undated).
-- copies counts the rows as the source has them, including repeated ones.
CREATE TABLE meta.tallies (
    table_name VARCHAR, tenant INTEGER, part BIGINT, begins BIGINT, ends BIGINT, latest BIGINT,
    rows BIGINT, copies BIGINT
);
