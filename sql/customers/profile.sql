-- ---
-- title = { es = "Cliente", en = "Customer" }
-- grain = { es = "una fila: quién es el cliente", en = "one row: who the customer is" }
-- shape = "record"
-- parameters.customer = { es = "el id del cliente", en = "the customer's id" }
-- columns = ["id", "branch", "name", "email", "phone", "rut", "is_active", "created"]
-- ---
SELECT
    CAST(customer.id AS VARCHAR) AS id,
    branch.code AS branch,
    customer_name(customer.first_name, customer.last_name) AS name,
    customer.email,
    customer.phone,
    customer.rut,
    customer.is_active,
    local_day(customer.created_at) AS created
FROM known_customers AS customer
LEFT JOIN branches AS branch ON customer.branch_id = branch.id
WHERE CAST(customer.id AS VARCHAR) = $customer
ORDER BY id;
