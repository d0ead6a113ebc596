-- ---
-- about = "Rows that findings count and no view shows: repeated, later than as-of, adopted, or with cells that were emptied; filled when `opttius check` lists the rows of one."
-- internal = true
-- ---
CREATE OR REPLACE TEMP TABLE unseen_rows (
    finding VARCHAR,
    table_name VARCHAR,
    column_name VARCHAR,
    id VARCHAR,
    cases BIGINT
);
