-- The app's tables as its database has them, with some of the columns that are none of our business.
CREATE TABLE organizations (
    id uuid, name text, slug text, subscription_tier text, status text, metadata jsonb, billing_notes text
);
CREATE TABLE organization_settings (organization_id uuid, currency text, country text, logo_url text);
CREATE TABLE branches (
    id uuid, organization_id uuid, name text, code text, is_active boolean DEFAULT true, address text
);
CREATE TABLE customers (
    id uuid, branch_id uuid, organization_id uuid, first_name text, last_name text, email text, phone text,
    rut text, is_active boolean, created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),
    last_eye_exam_date date, next_eye_exam_due date, preferred_contact_method varchar(20), tags text[],
    medical_notes text DEFAULT 'glaucoma', medical_conditions text[], insurance_json jsonb
);
CREATE TABLE orders (
    id uuid, order_number text, branch_id uuid, organization_id uuid, customer_id uuid, email text, sii_rut text,
    status text, payment_status text, total_amount numeric(12, 2), currency text DEFAULT 'ARS', is_pos_sale boolean,
    payment_method_type text, agreement_id uuid, copago_amount numeric(12, 2), institutional_amount numeric(12, 2),
    discount_amount numeric(12, 2), pos_cashier_id uuid,
    created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(), shipping_address jsonb, internal_notes text
);
CREATE TABLE lab_work_orders (
    id uuid, work_order_number text, branch_id uuid, organization_id uuid, customer_id uuid, quote_id uuid,
    pos_order_id uuid, status text, payment_status text, total_amount numeric(12, 2), currency text, lab_name text,
    lens_type text, ordered_at timestamptz, sent_to_lab_at timestamptz, received_from_lab_at timestamptz,
    ready_at timestamptz, delivered_at timestamptz, lab_estimated_delivery_date date,
    created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(), prescription_snapshot jsonb
);
CREATE TABLE appointments (
    id uuid, customer_id uuid, branch_id uuid, organization_id uuid, appointment_date date, appointment_time time,
    appointment_type text, status text, created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(), notes text
);
CREATE TABLE quotes (
    id uuid, customer_id uuid, quote_number text, branch_id uuid, organization_id uuid, status text,
    total_amount numeric(10, 2), currency text, expiration_date date, sent_at timestamptz,
    converted_to_work_order_id uuid, created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(), notes text
);
CREATE TABLE order_items (
    id uuid, order_id uuid, product_id uuid, product_name text, quantity integer, unit_price numeric(10, 2),
    total_price numeric(10, 2), lens_data jsonb
);
CREATE TABLE order_payments (
    id uuid, order_id uuid, amount numeric(12, 2), payment_method text, paid_at timestamptz, reference text
);
CREATE TABLE credit_notes (
    id uuid, order_id uuid, amount numeric(12, 2), created_at timestamptz DEFAULT now(), reason text
);
CREATE TABLE products (
    id uuid, organization_id uuid, branch_id uuid, name text, category_id uuid, status text, product_type text,
    cost numeric(10, 2)
);
CREATE TABLE categories (id uuid, name text);
CREATE TABLE product_branch_stock (
    product_id uuid, branch_id uuid, quantity integer, reserved_quantity integer, available_quantity integer,
    low_stock_threshold integer, updated_at timestamptz DEFAULT now()
);
CREATE TABLE prescriptions (
    id uuid, customer_id uuid, branch_id uuid, prescription_date date, expiration_date date, is_current boolean,
    od_sphere numeric(5, 2)
);
CREATE TABLE subscription_tiers (name text, features jsonb);
CREATE TABLE admin_users (
    id uuid, email text, role text, is_active boolean, organization_id uuid, last_login timestamptz
);
CREATE TABLE admin_branch_access (admin_user_id uuid, branch_id uuid, role text, is_primary boolean);
CREATE TABLE agreements (
    id uuid, organization_id uuid, name text, agreement_type text, institution_name text
);
-- A table of the app's that opttius has no business with.
CREATE TABLE medical_records (id uuid, customer_id uuid, diagnosis text);
