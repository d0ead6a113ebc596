-- ---
-- title = { es = "Por cobrar", en = "Owed" }
-- grain = { es = "una fila por compra de cualquier fecha que aún debe algo", en = "one row per purchase of any date that still owes something" }
-- shape = "rows"
-- history = "all"
-- columns = ["id", "number", "branch", "customer_id", "name", "phone", "date", "days", "amount", "paid", "owed"]
-- [column]
-- days = { kind = "count", es = "Días: desde la compra", en = "Days: since the purchase" }
-- amount = { kind = "money", total = true, es = "Monto", en = "Amount" }
-- paid = { kind = "money", total = true, es = "Abonado", en = "Paid" }
-- owed = { kind = "money", total = true, es = "Debe: monto menos lo abonado", en = "Owed: amount less what was paid" }
-- ---
SELECT
    CAST(debt.id AS VARCHAR) AS id,
    coalesce(sale.order_number, work_order.work_order_number) AS number,
    branch.code AS branch,
    CAST(purchase.customer_id AS VARCHAR) AS customer_id,
    customer_name(customer.first_name, customer.last_name) AS name,
    customer.phone,
    purchase.local_date AS date,
    date_diff('day', purchase.local_date, $as_of_date) AS days,
    debt.money AS amount,
    debt.paid,
    debt.owed
FROM owed_purchases AS debt
INNER JOIN purchases AS purchase ON debt.id = purchase.id AND debt.kind = purchase.kind
LEFT JOIN orders AS sale ON debt.kind = 'order' AND debt.id = sale.id
LEFT JOIN lab_work_orders AS work_order ON debt.kind = 'work_order' AND debt.id = work_order.id
LEFT JOIN customers AS customer ON purchase.customer_id = customer.id
LEFT JOIN branches AS branch ON debt.branch_id = branch.id
WHERE debt.owed > 0
ORDER BY debt.owed DESC, debt.id, debt.kind;
