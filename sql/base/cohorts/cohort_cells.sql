-- ---
-- about = "Customers by the calendar unit of their first purchase, and what they did in each unit since (metrics 12)."
-- internal = true
-- ---

-- Calendar units are numbered without gaps: months since the year 0, or quarters, or years.
CREATE OR REPLACE TEMP MACRO unit_of(day, unit) AS (
    CASE
        WHEN unit = 'month' THEN year(day) * 12 + month(day) - 1
        WHEN unit = 'quarter' THEN year(day) * 4 + quarter(day) - 1
        ELSE year(day)
    END
);

CREATE OR REPLACE TEMP MACRO unit_start(number, unit) AS (
    CASE
        WHEN unit = 'month' THEN make_date(number // 12, number % 12 + 1, 1)
        WHEN unit = 'quarter' THEN make_date(number // 4, number % 4 * 3 + 1, 1)
        ELSE make_date(number, 1, 1)
    END
);

CREATE OR REPLACE TEMP MACRO unit_name(number, unit) AS (
    CASE
        WHEN unit = 'month' THEN strftime(unit_start(number, unit), '%Y-%m')
        WHEN unit = 'quarter' THEN concat(number // 4, '-Q', number % 4 + 1)
        ELSE CAST(number AS VARCHAR)
    END
);

-- finished_at: the local date from whose end on a unit is over, the date before as-of's unless as-of is its last instant.
CREATE OR REPLACE TEMP MACRO cohort_cells(unit, finished_at) AS TABLE
    WITH
    members AS (
        SELECT customer_id, first_date, unit_of(first_date, unit) AS cohort
        FROM occasions
        WHERE place = 1
    ),
    sizes AS (
        SELECT cohort, count(*) AS customers
        FROM members
        GROUP BY cohort
    ),
    visits AS (
        SELECT
            members.cohort,
            unit_of(occasion.local_date, unit) - members.cohort AS age,
            occasion.customer_id,
            occasion.place
        FROM occasions AS occasion
        INNER JOIN members ON occasion.customer_id = members.customer_id
    ),
    -- Whoever bought on a second date has come back from then on.
    active AS (
        SELECT cohort, age, count(DISTINCT customer_id) AS active, count(*) FILTER (WHERE place = 2) AS repeated
        FROM visits
        GROUP BY cohort, age
    ),
    sales AS (
        SELECT members.cohort, unit_of(purchase.local_date, unit) - members.cohort AS age, purchase.money
        FROM purchases AS purchase
        INNER JOIN members ON purchase.customer_id = members.customer_id
        WHERE purchase.is_recognised
    ),
    earned AS (
        SELECT cohort, age, sum(money) AS revenue
        FROM sales
        GROUP BY cohort, age
    ),
    beginning AS (
        SELECT min(first_date) AS first_date
        FROM members
    ),
    ages AS (
        SELECT
            cohort,
            customers,
            unnest(generate_series(0, unit_of(getvariable('as_of_date'), unit) - cohort)) AS age
        FROM sizes
    )
    SELECT
        ages.cohort AS cohort_unit,
        ages.age,
        ages.customers,
        unit_start(ages.cohort, unit) < beginning.first_date + 365 AS may_be_older,
        unit_start(ages.cohort + ages.age + 1, unit) - 1 <= finished_at AS is_finished,
        coalesce(active.active, 0) AS active,
        sum(coalesce(active.repeated, 0)) OVER (PARTITION BY ages.cohort ORDER BY ages.age) AS repeated,
        sum(coalesce(earned.revenue, 0)) OVER (PARTITION BY ages.cohort ORDER BY ages.age) AS revenue
    FROM ages
    LEFT JOIN active ON ages.cohort = active.cohort AND ages.age = active.age
    LEFT JOIN earned ON ages.cohort = earned.cohort AND ages.age = earned.age
    CROSS JOIN beginning;
