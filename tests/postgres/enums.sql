-- The app keeps its enumerations as checks. Exports hold older words, so what is there already is not checked.
ALTER TABLE orders ADD CONSTRAINT orders_status_check
CHECK (status IN ('pending', 'processing', 'shipped', 'delivered', 'cancelled', 'refunded')) NOT VALID;
ALTER TABLE orders ADD CONSTRAINT orders_payment_status_check
CHECK (payment_status IN (
    'pending', 'paid', 'failed', 'refunded', 'partially_refunded', 'partial', 'on_hold_payment'
)) NOT VALID;
ALTER TABLE quotes ADD CONSTRAINT quotes_status_check
CHECK (status IN ('draft', 'sent', 'accepted', 'rejected', 'expired', 'converted_to_work')) NOT VALID;
ALTER TABLE appointments ADD CONSTRAINT appointments_status_check
CHECK (status IN ('scheduled', 'confirmed', 'completed', 'cancelled', 'no_show')) NOT VALID;
CREATE INDEX orders_updated_at ON orders (updated_at);
