-- ---
-- about = "What the ledgers share: which rows are of the period, of the window before it, or of a customer or branch (metrics 17)."
-- ---

-- A ledger holds every row that a figure could look at. left_at names the rule by which a row leaves it, NULL for a
-- row that counts. gross is its money as it lies, amount what of it counts, no_money why it has none in the report's
-- currency. measure is what else is summed, kept whether a promise was kept.
CREATE OR REPLACE TEMP MACRO is_in_period(moment) AS (
    moment >= getvariable('from_at') AND moment < getvariable('until_at')
);

CREATE OR REPLACE TEMP MACRO is_in_previous(moment, local_at) AS (
    coalesce(
        moment >= CAST(getvariable('previous_from_at') AS TIMESTAMPTZ)
        AND moment < CAST(getvariable('previous_until_at') AS TIMESTAMPTZ)
        AND local_at <= CAST(getvariable('previous_until') AS TIMESTAMP),
        FALSE
    )
);

CREATE OR REPLACE TEMP MACRO is_of_customer(customer) AS (
    CAST(customer AS VARCHAR) = getvariable('explained_customer')
);
