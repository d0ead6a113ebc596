-- Revenue of each branch in the window and in the one before it, in cents.
SELECT
    branch.code,
    CAST(100 * coalesce(sum(money) FILTER (WHERE created_at >= %(current_from)s), 0) AS bigint) AS revenue,
    CAST(100 * coalesce(sum(money) FILTER (WHERE created_at < %(current_from)s), 0) AS bigint) AS previous
FROM purchases
LEFT JOIN held_branches AS branch ON purchases.branch_id = branch.id
WHERE is_recognised
GROUP BY branch.code
