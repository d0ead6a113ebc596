-- ---
-- title = { es = "Cliente", en = "Customer" }
-- grain = { es = "una fila: quién es el cliente", en = "one row: who the customer is" }
-- shape = "record"
-- parameters.customer = { es = "el id del cliente", en = "the customer's id" }
-- [columns]
-- id = { kind = "id", es = "Id", en = "Id" }
-- branch = { kind = "text", es = "Sucursal", en = "Branch" }
-- name = { kind = "name", es = "Nombre", en = "Name" }
-- email = { kind = "email", es = "Correo", en = "Email" }
-- phone = { kind = "phone", es = "Teléfono", en = "Phone" }
-- rut = { kind = "rut", es = "RUT", en = "RUT" }
-- is_active = { kind = "flag", es = "Habilitado", en = "Enabled" }
-- created = { kind = "date", es = "Creado", en = "Created" }
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
FROM customers AS customer
LEFT JOIN branches AS branch ON customer.branch_id = branch.id
WHERE CAST(customer.id AS VARCHAR) = $customer
ORDER BY id;
