-- ---
-- title = { es = "A quién llamar", en = "Whom to contact" }
-- grain = { es = "una fila por cliente de la lista de la semana, en el orden de cada sucursal", en = "one row per customer on the week's list, in the order of each branch" }
-- shape = "rows"
-- history = "all"
-- form = { page_per = "branch", outcomes = "contact_outcome" }
-- parameters.week = { es = "la semana ISO", en = "the ISO week" }
-- parameters.lists = { es = "las listas decididas de la semana, como JSON", en = "the decided lists of the week, as JSON" }
-- parameters.undecided = { es = "los ids de las sucursales sin lista decidida", en = "the ids of the branches without a decided list" }
-- parameters.listed_before = { es = "los ids de quienes se listaron hace menos de 28 días", en = "the ids of who was listed less than 28 days ago" }
-- parameters.chosen_reason = { es = "un motivo; NULL para todos", en = "a reason; NULL for all" }
-- parameters.list_limit = { es = "cuántas filas; NULL para todas", en = "how many rows; NULL for all" }
-- columns = [
--     "week", "branch", "rank", "customer_id", "name", "phone", "email", "reason", "since", "at_stake", "value", "also",
--     "channel", "last_purchase", "status",
-- ]
-- [column]
-- week = { kind = "text", es = "Semana", en = "Week" }
-- rank = { kind = "count", es = "N.º: lugar en la lista de la sucursal", en = "Rank: place on the branch's list" }
-- reason = { kind = "text", vocabulary = "contact_reason", es = "Motivo", en = "Why" }
-- at_stake = { kind = "money", es = "En juego: lo que se debe, o lo que vale la próxima compra", en = "At stake: what is owed, or what the next purchase is worth" }
-- value = { kind = "money", es = "Valor: en juego × probabilidad del motivo", en = "Value: at stake × chance of the reason" }
-- also = { kind = "list", vocabulary = "contact_reason", es = "También: otros motivos", en = "Also: other reasons" }
-- channel = { kind = "text", vocabulary = "channel_of_contact", es = "Por: el medio que prefiere y tiene", en = "By: the channel that the customer prefers and has" }
-- status = { kind = "text", vocabulary = "contact_status", es = "Estado: qué pasó desde que se decidió la lista", en = "Status: what has happened since the list was decided" }
-- ---
WITH
listed AS (
    SELECT branch_id, day, customer_id, rank, reason, since, also, at_stake, value
    FROM decided_rows($lists)
    WHERE arm = 'listed'
    UNION ALL
    SELECT
        CAST(branch_id AS VARCHAR), CAST(NULL AS DATE), CAST(customer_id AS VARCHAR), rank, reason, since, also,
        at_stake, value
    FROM worklist_rows($listed_before)
    WHERE left_out IS NULL AND list_contains($undecided, coalesce(CAST(branch_id AS VARCHAR), ''))
),
owing AS (
    SELECT DISTINCT CAST(purchase.customer_id AS VARCHAR) AS customer_id
    FROM owed_purchases AS owed
    INNER JOIN purchases AS purchase ON owed.id = purchase.id AND owed.kind = purchase.kind
    WHERE owed.owed > 0 AND purchase.customer_id IS NOT NULL
),
waiting AS (
    SELECT DISTINCT CAST(customer_id AS VARCHAR) AS customer_id
    FROM lab_work_orders
    WHERE status = 'ready_for_pickup' AND NOT is_void_work_order(status, payment_status)
),
bookings_made AS (
    SELECT CAST(customer_id AS VARCHAR) AS customer_id, max(created_at) AS made_at
    FROM bookings
    WHERE status IN ('scheduled', 'confirmed')
    GROUP BY customer_id
)
SELECT
    CAST($week AS VARCHAR) AS week,
    branch.code AS branch,
    listed.rank,
    listed.customer_id,
    customer_name(customer.first_name, customer.last_name) AS name,
    customer.phone,
    customer.email,
    listed.reason,
    listed.since,
    listed.at_stake,
    listed.value,
    listed.also,
    contact_channel(customer.preferred_contact_method, customer.phone, customer.email) AS channel,
    figures.last_purchase,
    CASE
        WHEN listed.day IS NULL THEN 'open'
        WHEN listed.reason = 'balance' AND owing.customer_id IS NULL THEN 'paid'
        WHEN listed.reason = 'ready' AND waiting.customer_id IS NULL THEN 'collected'
        WHEN figures.last_purchase > listed.day THEN 'bought'
        WHEN local_day(bookings_made.made_at) > listed.day THEN 'booked'
        ELSE 'open'
    END AS status
FROM listed
INNER JOIN known_customers AS customer ON listed.customer_id = CAST(customer.id AS VARCHAR)
INNER JOIN contact_figures AS figures ON customer.id = figures.customer_id
LEFT JOIN branches AS branch ON listed.branch_id = CAST(branch.id AS VARCHAR)
LEFT JOIN owing ON listed.customer_id = owing.customer_id
LEFT JOIN waiting ON listed.customer_id = waiting.customer_id
LEFT JOIN bookings_made ON listed.customer_id = bookings_made.customer_id
WHERE NOT customer.is_opted_out AND ($chosen_reason IS NULL OR listed.reason = $chosen_reason)
ORDER BY branch.code NULLS LAST, listed.branch_id NULLS LAST, listed.rank
LIMIT row_limit($list_limit);
