-- ---
-- about = "How many candidates each branch's list has, how many are listed, and why the others are not (metrics 15)."
-- internal = true
-- ---

-- The lists of the ledger, and for the branches in undecided what would be listed: candidates, and one row per place.
CREATE OR REPLACE TEMP MACRO worklist_counts(lists, undecided, listed_before) AS TABLE
    WITH
    counted AS (
        SELECT left_out, count(*) AS count
        FROM worklist_rows(listed_before)
        WHERE list_contains(undecided, coalesce(CAST(branch_id AS VARCHAR), ''))
        GROUP BY left_out
        UNION ALL
        SELECT NULL, listed
        FROM decided_lists(lists)
        UNION ALL
        SELECT unnest(map_keys(left_out)), unnest(map_values(left_out))
        FROM decided_lists(lists)
    )
    SELECT left_out, CAST(sum(count) AS BIGINT) AS count
    FROM counted
    GROUP BY left_out;
