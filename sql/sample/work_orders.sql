-- Work orders of the lab: most linked to the order of the same sale, some standing alone, a few linked
-- wrongly.
CREATE TABLE draft.work_orders AS
WITH joined AS (
    -- A work order is paid as its sale is.
    SELECT
        l.*, p.customer_id, s.outcome, s.payment_status, draw('wo fault', l.visit_no) AS fault,
        draw('wo detail', l.visit_no) AS detail, zone_of(l.org_no) AS zone
    FROM draft.lab AS l
    INNER JOIN draft.settled AS s USING (visit_no)
    INNER JOIN draft.people AS p ON p.person_no = l.person_no
)

SELECT
    visit_no, org_no, branch_no, moment, uuid_of('work order', visit_no) AS id, customer_id, delivered_at,
    ordered_at,
    -- Sometimes the other shop, which has the workshop, books the lens: order in one branch, work order in another.
    CASE
        WHEN fault < 0.002 THEN NULL
        WHEN org_no = 1 AND fault < 0.012 THEN branch_id(1 + branch_no % 3) ELSE branch_id(branch_no)
    END AS branch_id,
    CASE WHEN detail < 0.45 AND fault >= 0.002 THEN NULL ELSE organization_id(org_no) END AS organization_id,
    CASE WHEN draw('quoted', visit_no) < 0.2 THEN uuid_of('quote', visit_no) END AS quote_id,
    CASE WHEN stands_alone THEN NULL
        WHEN fault BETWEEN 0.012 AND 0.013 THEN uuid_of('deleted order', visit_no)
        ELSE uuid_of('order', visit_no) END AS pos_order_id,
    CASE
        WHEN fault BETWEEN 0.013 AND 0.0135 THEN 'en_taller' WHEN fault BETWEEN 0.0135 AND 0.014 THEN NULL
        -- A cancelled sale mostly cancels its work order; otherwise the work order stays linked to a void order.
        WHEN outcome IN ('cancelled', 'refunded') AND detail < 0.8 THEN 'cancelled'
        WHEN fault BETWEEN 0.02 AND 0.026 AND delivered_at IS NOT NULL THEN 'returned'
        WHEN stands_alone AND fault BETWEEN 0.03 AND 0.09 THEN 'quote'
        WHEN delivered_at IS NOT NULL THEN 'delivered' WHEN ready_at IS NOT NULL THEN 'ready_for_pickup'
        WHEN received_at IS NOT NULL THEN pick(['received_from_lab', 'mounted', 'quality_check'], detail)
        WHEN sent_at IS NOT NULL THEN pick(['sent_to_lab', 'in_progress_lab', 'ready_at_lab'], detail)
        WHEN payment_status IN ('pending', 'on_hold_payment') THEN 'on_hold_payment' ELSE 'ordered'
    END AS status,
    CASE
        WHEN fault BETWEEN 0.014 AND 0.0143 THEN NULL WHEN outcome = 'refunded' THEN 'refunded'
        WHEN payment_status IN ('paid', 'partial') THEN payment_status ELSE 'pending'
    END AS payment_status,
    CAST(CASE WHEN fault BETWEEN 0.0145 AND 0.015 THEN NULL ELSE total END AS DECIMAL(12, 2)) AS total_amount,
    CASE WHEN moment < first_day() + INTERVAL 9 MONTH AND draw('wo currency', visit_no) < 0.1 THEN 'ARS'
        WHEN fault BETWEEN 0.015 AND 0.018 THEN NULL ELSE 'CLP' END AS currency,
    pick(['Laboratorio Óptico Andes', 'Laboratorio Lontué', 'Taller propio'], detail) AS lab_name, lens_type,
    timezone(zone, sent_at) AS sent_to_lab_at, timezone(zone, received_at) AS received_from_lab_at,
    timezone(zone, ready_at) AS ready_at,
    CASE WHEN fault BETWEEN 0.03 AND 0.06 AND NOT stands_alone THEN NULL ELSE promised_on END
        AS lab_estimated_delivery_date,
    timezone(zone, moment + INTERVAL 45 SECOND) AS created_at,
    timezone(zone, coalesce(delivered_at, ready_at, received_at, sent_at, ordered_at)) AS updated_at,
    row_number() OVER (ORDER BY moment, visit_no) AS work_order_no
FROM joined;

CREATE TABLE public.lab_work_orders AS
WITH repeated AS (
    -- The same row twice; the older state lacks the later steps.
    SELECT *, 0 AS copy FROM draft.work_orders
    UNION ALL
    SELECT *, 1 AS copy FROM draft.work_orders WHERE draw('wo twice', visit_no) < 0.0008
)

SELECT
    id, concat('OT-', lpad(CAST(work_order_no AS VARCHAR), 7, '0')) AS work_order_number, branch_id,
    organization_id,
    customer_id, quote_id, pos_order_id, CASE WHEN copy = 1 THEN 'ordered' ELSE status END AS status,
    payment_status,
    total_amount, currency, lab_name, lens_type, timezone(zone_of(org_no), ordered_at) AS ordered_at,
    sent_to_lab_at,
    received_from_lab_at, ready_at,
    CASE WHEN copy = 0 AND status IN ('delivered', 'returned')
        THEN timezone(zone_of(org_no), delivered_at) END
        AS delivered_at,
    lab_estimated_delivery_date, created_at, CASE WHEN copy = 1 THEN created_at
        ELSE updated_at END AS updated_at
FROM repeated
UNION ALL
SELECT
    id, work_order_number, branch_id, organization_id, customer_id, NULL, pos_order_id, status,
    payment_status,
    total_amount, currency, 'Taller propio', 'monofocal', ordered_at, NULL, NULL, NULL, delivered_at,
    promised_on,
    created_at, updated_at
FROM draft.odd_work_orders
ORDER BY created_at, id, branch_id, updated_at;
