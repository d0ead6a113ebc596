-- ---
-- about = "The lists that the ledger holds, as the worklist's reports are given them (metrics 15)."
-- internal = true
-- ---

-- A JSON list of objects, one per branch.
CREATE OR REPLACE TEMP MACRO decided_lists(ledger) AS TABLE
    WITH
    lists AS (
        SELECT
            unnest(
                from_json(
                    ledger,
                    '[{"branch_id": "VARCHAR", "day": "VARCHAR", "candidates": "BIGINT", "listed": "BIGINT",
                    "left_out": "MAP(VARCHAR, BIGINT)", "rows": [{"customer_id": "VARCHAR", "arm": "VARCHAR",
                    "rank": "BIGINT", "reason": "VARCHAR", "since": "VARCHAR", "also": ["VARCHAR"],
                    "at_stake": "VARCHAR", "value": "VARCHAR"}]}]'
                ),
                max_depth := 2
            )
    )
    SELECT * REPLACE (CAST(day AS DATE) AS day)
    FROM lists;

CREATE OR REPLACE TEMP MACRO decided_rows(ledger) AS TABLE
    WITH
    lines AS (
        SELECT branch_id, day, unnest(rows, max_depth := 2)
        FROM decided_lists(ledger)
    )
    SELECT
        branch_id, day, customer_id, arm, rank, reason, also,
        CAST(since AS DATE) AS since,
        CAST(at_stake AS DECIMAL(18, 2)) AS at_stake,
        CAST(value AS DECIMAL(18, 2)) AS value
    FROM lines;
