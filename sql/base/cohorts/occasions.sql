-- ---
-- about = "The dates on which each customer bought, what was spent on them, and how long it took to come back (metrics 11 and 12)."
-- internal = true
-- ---

-- Several purchases of one date are one occasion; its money is null when none of them is in the report's currency.
CREATE OR REPLACE TEMP TABLE occasions AS
WITH
dates AS (
    SELECT customer_id, local_date, sum(money) AS money
    FROM purchases
    WHERE customer_id IS NOT NULL
    GROUP BY customer_id, local_date
)
SELECT
    customer_id,
    local_date,
    CAST(money AS DECIMAL(18, 2)) AS money,
    row_number() OVER customer AS place,
    min(local_date) OVER customer AS first_date,
    lead(local_date) OVER customer AS next_date,
    lead(CAST(money AS DECIMAL(18, 2))) OVER customer AS next_money
FROM dates
WINDOW customer AS (PARTITION BY customer_id ORDER BY local_date);
