-- ---
-- title = { es = "Metas del mes", en = "Goals of the month" }
-- grain = { es = "una fila por sucursal con una meta para el mes de la fecha del informe, y todas juntas (total) si cada una tiene la suya", en = "one row per branch with a goal for as-of's month, and all together (total) when each of them has one" }
-- shape = "rows"
-- history = "year"
-- bases = ["weight_done", "weight_month", "missing", "days_left"]
-- parameters.goal_branches = { es = "de qué sucursal es cada meta", en = "of which branch each goal is" }
-- parameters.goal_months = { es = "de qué mes es cada meta", en = "of which month each goal is" }
-- parameters.goal_amounts = { es = "cuánto es cada meta", en = "how much each goal is" }
-- [columns]
-- branch = { kind = "text", vocabulary = "branch_row", es = "Sucursal", en = "Branch" }
-- month = { kind = "text", es = "Mes", en = "Month" }
-- goal = { kind = "money", es = "Meta", en = "Goal" }
-- to_date = { kind = "money", es = "Lleva: ventas pagadas del mes hasta la fecha del informe", en = "To date: paid sales of the month up to as-of", of = "sales", take = "sum money", where = "in_month and has_branch = true and branch = $row", section = "18" }
-- goal_pct = { kind = "percent", es = "Avance: de la meta", en = "Of the goal: to date / goal", of = "sales", where = "in_month and has_branch = true and branch = $row", formula = "sum money / goal * 100", section = "18" }
-- expected_pct = { kind = "percent", es = "Esperado: lo que pesan los días que ya terminaron", en = "Expected: what the days that are over weigh", of = "sales", where = "in_weighing and has_branch = true and branch = $row", formula = "weight_done / weight_month * 100", section = "18" }
-- ahead = { kind = "money", es = "Ventaja: lo vendido en los días terminados menos lo esperado", en = "Ahead: sold on the days that are over, less what was expected", of = "sales", where = "in_done_days and has_branch = true and branch = $row", formula = "sum money - goal * weight_done / weight_month", section = "18" }
-- projected = { kind = "money", es = "Proyección: del mes entero, si sigue igual", en = "Projected: the whole month, if it goes on like this", of = "sales", where = "in_done_days and has_branch = true and branch = $row", formula = "sum money * weight_month / weight_done", section = "18" }
-- projected_pct = { kind = "percent", es = "Proyección de la meta", en = "Projected of the goal", of = "sales", where = "in_done_days and has_branch = true and branch = $row", formula = "sum money * weight_month / weight_done / goal * 100", section = "18" }
-- needed_per_day = { kind = "money", es = "Falta por día: hasta el fin del mes", en = "Needed per day: until the month ends", of = "sales", where = "in_month and has_branch = true and branch = $row", formula = "missing / days_left", section = "18" }
-- basis = { kind = "text", vocabulary = "goal_basis", es = "Base: si los días de la semana pesan según lo vendido, o todos igual", en = "Basis: whether weekdays weigh by what they sold, or all the same" }
-- ---
WITH
members AS (
    SELECT *
    FROM goal_members($goal_branches, $goal_months, $goal_amounts, $as_of_date)
),
lines AS (
    SELECT line, any_value(branch) AS branch, CAST(sum(goal) AS HUGEINT) AS goal
    FROM members
    GROUP BY line
),
sold AS (
    SELECT member.line, purchase.local_date, CAST(coalesce(sum(cents(purchase.money)), 0) AS HUGEINT) AS money
    FROM members AS member
    INNER JOIN purchases AS purchase ON member.branch_id = purchase.branch_id
    WHERE purchase.is_recognised AND purchase.local_date >= $month_from - weighing_days()
    GROUP BY member.line, purchase.local_date
),
days AS (
    SELECT
        lines.line,
        day.date,
        CAST(isodow(day.date) AS INTEGER) AS weekday,
        day.date >= $month_from AS in_month,
        day.date >= $month_from AND is_over(day.date) AS is_done,
        sold.money
    FROM lines
    CROSS JOIN days_between($month_from - weighing_days(), last_day($month_from)) AS day
    LEFT JOIN sold ON lines.line = sold.line AND day.date = sold.local_date
),
-- Half a year of weeks with a sale, or the days of the week say too little.
months AS (
    SELECT
        line,
        coalesce(sum(money) FILTER (WHERE in_month), 0) AS to_date,
        coalesce(sum(money) FILTER (WHERE is_done), 0) AS done_money,
        count(*) FILTER (WHERE in_month AND NOT is_done) AS days_left,
        count(DISTINCT date - weekday) FILTER (WHERE money IS NOT NULL AND NOT in_month) >= 26 AS has_weeks
    FROM days
    GROUP BY line
),
weekdays AS (
    SELECT
        line,
        coalesce(greatest(0, sum(money) FILTER (WHERE NOT in_month)), 0) AS weight,
        coalesce(max(sum(money) FILTER (WHERE NOT in_month)) OVER (PARTITION BY line), 0) AS heaviest,
        count(*) FILTER (WHERE in_month) AS dates,
        count(*) FILTER (WHERE is_done) AS dates_done
    FROM days
    GROUP BY line, weekday
),
weighed AS (
    SELECT
        day.line,
        sum(CASE WHEN month.has_weeks AND day.heaviest > 0 THEN day.weight ELSE 1 END * day.dates) AS whole,
        sum(CASE WHEN month.has_weeks AND day.heaviest > 0 THEN day.weight ELSE 1 END * day.dates_done) AS done,
        bool_or(month.has_weeks AND day.heaviest > 0) AS by_weekday
    FROM weekdays AS day
    INNER JOIN months AS month ON day.line = month.line
    GROUP BY day.line
)
SELECT
    lines.branch,
    strftime($as_of_date, '%Y-%m') AS month,
    in_hundredths(lines.goal) AS goal,
    in_hundredths(to_date) AS to_date,
    in_hundredths(whole_ratio(to_date * 10000, lines.goal)) AS goal_pct,
    in_hundredths(whole_ratio(done * 10000, whole)) AS expected_pct,
    in_hundredths(whole_ratio(done_money * whole - lines.goal * done, whole)) AS ahead,
    in_hundredths(whole_ratio(done_money * whole, done)) AS projected,
    in_hundredths(whole_ratio(done_money * whole * 10000, done * lines.goal)) AS projected_pct,
    in_hundredths(whole_ratio(greatest(0, lines.goal - to_date), days_left)) AS needed_per_day,
    CASE WHEN by_weekday THEN 'weekdays' ELSE 'days' END AS basis,
    CASE WHEN by_weekday THEN in_hundredths(done) ELSE done END AS weight_done,
    CASE WHEN by_weekday THEN in_hundredths(whole) ELSE whole END AS weight_month,
    in_hundredths(greatest(0, lines.goal - to_date)) AS missing,
    days_left
FROM lines
INNER JOIN months ON lines.line = months.line
INNER JOIN weighed ON lines.line = weighed.line
ORDER BY lines.line = 'total', lines.branch, lines.line;
