-- ---
-- about = "The rows that the explained figure could have looked at, each with the step at which it left; filled for one figure at a time."
-- internal = true
-- ---
CREATE OR REPLACE TEMP TABLE explained (
    table_name VARCHAR,
    id VARCHAR,
    number VARCHAR,
    branch_id VARCHAR,
    customer_id VARCHAR,
    status VARCHAR,
    payment_status VARCHAR,
    date DATE,
    gross DECIMAL(18, 2),
    amount DECIMAL(18, 2),
    has_money BOOLEAN,
    measure HUGEINT,
    kept BOOLEAN,
    step VARCHAR
);

CREATE OR REPLACE TEMP VIEW branch_codes AS
SELECT
    id AS owner_id,
    coalesce(code, name) AS branch,
    TRUE AS has_branch,
    coalesce(coalesce(code, name) = getvariable('explained_row'), FALSE) AS is_explained
FROM branches;
