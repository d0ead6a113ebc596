-- ---
-- title = { es = "Qué trajeron las listas", en = "What the lists brought" }
-- grain = { es = "una fila por motivo de venta, y antes una de todos: clientes de listas cuyos 28 días de seguimiento pasaron", en = "one row per reason to sell, and before them one of all: customers of lists whose 28 days of follow-up are over" }
-- shape = "rows"
-- history = "all"
-- parameters.lists = { es = "las listas decididas, como JSON", en = "the decided lists, as JSON" }
-- columns = [
--     "reason", "listed", "returned", "returned_pct", "booked", "spent_each", "held_back", "held_returned",
--     "held_returned_pct", "held_spent_each", "difference_points", "low", "high",
-- ]
-- [column]
-- reason = { kind = "text", vocabulary = "contact_reason", es = "Motivo", en = "Why" }
-- returned = { kind = "count", es = "Volvieron: compraron en los 28 días después", en = "Returned: bought in the 28 days after" }
-- returned_pct = { kind = "percent", es = "% que volvió", en = "% returned" }
-- booked = { kind = "count", es = "Tomaron cita: en esos 28 días", en = "Booked: in these 28 days" }
-- spent_each = { kind = "money", es = "Gastado por cada uno: ventas pagadas de esos días / listados", en = "Spent by each: paid sales of these days / listed" }
-- held_back = { kind = "count", es = "Apartados: para comparar", en = "Held back: to compare" }
-- held_returned = { kind = "count", es = "Apartados que volvieron", en = "Held back and returned" }
-- held_returned_pct = { kind = "percent", es = "% de apartados que volvió", en = "% of the held back who returned" }
-- held_spent_each = { kind = "money", es = "Gastado por cada apartado", en = "Spent by each held back" }
-- difference_points = { kind = "percent", es = "Diferencia: puntos que la lista agrega; nula con menos de 30 en un grupo", en = "Difference: points that the list adds; null with fewer than 30 in a group" }
-- low = { kind = "percent", es = "Desde: extremo inferior del intervalo de 95 % (Newcombe)", en = "Low: lower end of the 95 % interval (Newcombe)" }
-- high = { kind = "percent", es = "Hasta: extremo superior", en = "High: upper end" }
-- ---
WITH
arms AS (
    SELECT customer_id, day, arm, reason
    FROM decided_rows($lists)
    WHERE list_contains(sell_reason_names(), reason)
),
bought AS (
    SELECT
        arms.customer_id,
        arms.day,
        coalesce(sum(purchase.money) FILTER (WHERE purchase.is_recognised), 0) AS spent
    FROM arms
    INNER JOIN purchases AS purchase
        ON arms.customer_id = CAST(purchase.customer_id AS VARCHAR)
    WHERE purchase.local_date > arms.day AND purchase.local_date <= arms.day + 28
    GROUP BY arms.customer_id, arms.day
),
made AS (
    SELECT DISTINCT arms.customer_id, arms.day
    FROM arms
    INNER JOIN bookings ON arms.customer_id = CAST(bookings.customer_id AS VARCHAR)
    WHERE local_day(bookings.created_at) > arms.day AND local_day(bookings.created_at) <= arms.day + 28
),
followed AS (
    SELECT
        arms.*,
        bought.customer_id IS NOT NULL AS is_back,
        made.customer_id IS NOT NULL AS is_booked,
        coalesce(bought.spent, 0) AS spent
    FROM arms
    LEFT JOIN bought ON arms.customer_id = bought.customer_id AND arms.day = bought.day
    LEFT JOIN made ON arms.customer_id = made.customer_id AND arms.day = made.day
),
named AS (
    SELECT unnest(['all'] || sell_reason_names()) AS reason, generate_subscripts(['all'] || sell_reason_names(), 1) AS place
),
counted AS (
    SELECT
        named.place,
        named.reason,
        count(followed.customer_id) FILTER (WHERE arm = 'listed') AS listed,
        count(*) FILTER (WHERE arm = 'listed' AND is_back) AS returned,
        count(*) FILTER (WHERE arm = 'listed' AND is_booked) AS booked,
        coalesce(sum(spent) FILTER (WHERE arm = 'listed'), 0) AS spent,
        count(followed.customer_id) FILTER (WHERE arm = 'held_back') AS held_back,
        count(*) FILTER (WHERE arm = 'held_back' AND is_back) AS held_returned,
        coalesce(sum(spent) FILTER (WHERE arm = 'held_back'), 0) AS held_spent
    FROM named
    LEFT JOIN followed ON named.reason IN ('all', followed.reason)
    GROUP BY named.place, named.reason
),
compared AS (
    SELECT
        *,
        listed >= 30 AND held_back >= 30 AS is_comparable,
        newcombe_interval(returned, listed, held_returned, held_back)['low'] AS lowest,
        newcombe_interval(returned, listed, held_returned, held_back)['high'] AS highest
    FROM counted
)
SELECT
    reason,
    listed,
    returned,
    percent_of(returned, listed) AS returned_pct,
    booked,
    money_per(spent, listed) AS spent_each,
    held_back,
    held_returned,
    percent_of(held_returned, held_back) AS held_returned_pct,
    money_per(held_spent, held_back) AS held_spent_each,
    CASE WHEN is_comparable THEN percent_of(returned * held_back - held_returned * listed, listed * held_back) END
        AS difference_points,
    CASE WHEN is_comparable THEN CAST(lowest * 100 AS DECIMAL(18, 2)) END AS low,
    CASE WHEN is_comparable THEN CAST(highest * 100 AS DECIMAL(18, 2)) END AS high
FROM compared
ORDER BY place;
