-- ---
-- about = "Why customers are contacted, how, and who must not be (metrics 15): by a tag, or by a line of the file that worklist.opt_out names."
-- ---

-- A tag of worklist.opt_out_tags, whatever its case and outer blanks. All tags are joined and split again, which every
-- engine can; not every one has functions of a list's items.
CREATE OR REPLACE TEMP MACRO has_opt_out_tag(tags) AS (
    CASE
        WHEN array_length(tags) > 0
            THEN list_has_any(
                string_split_regex(trim(lower(array_to_string(tags, chr(10)))), ' *\n *'), getvariable('opt_out_tags')
            )
        ELSE FALSE
    END
);

-- opted_out holds the ids of those whom a line of the file means.
CREATE OR REPLACE TEMP MACRO is_opted_out(customer, tags) AS (
    has_opt_out_tag(tags)
    OR CASE
        WHEN array_length(getvariable('opted_out')) > 0
            THEN coalesce(list_contains(getvariable('opted_out'), CAST(customer AS VARCHAR)), FALSE)
        ELSE FALSE
    END
);

-- Whether an order was made by somebody who opted out, as far as it says itself: its address is then nobody's business.
CREATE OR REPLACE TEMP MACRO names_opted_out(customer, address) AS (
    CASE
        WHEN array_length(getvariable('opted_out_keys')) > 0
            THEN
                coalesce(list_contains(getvariable('opted_out_keys'), CAST(customer AS VARCHAR)), FALSE)
                OR coalesce(list_contains(getvariable('opted_out_keys'), email_key(address)), FALSE)
        ELSE FALSE
    END
);

-- Whether a line of the file (in lower case, without outer blanks) is this customer's id, RUT or address.
CREATE OR REPLACE TEMP MACRO is_meant_by(line, customer, rut, address) AS (
    line = lower(CAST(customer AS VARCHAR))
    OR (looks_like_rut(line) AND rut_key(line) = rut_key(rut))
    OR line = email_key(address)
);

-- An address at which somebody can be reached: not blank, and none that stands for nobody.
CREATE OR REPLACE TEMP MACRO reachable_email(email) AS (
    CASE WHEN NOT coalesce(is_placeholder(email_key(email)), FALSE) THEN nullif(trim(email), '') END
);

-- How to contact a customer: as preferred where the customer has it, else by phone, else by email.
CREATE OR REPLACE TEMP MACRO contact_channel(preferred, phone, email) AS (
    CASE
        WHEN nullif(trim(phone), '') IS NOT NULL
            THEN
                CASE
                    WHEN lower(trim(preferred)) IN ('whatsapp', 'sms', 'phone') THEN lower(trim(preferred))
                    WHEN lower(trim(preferred)) = 'email' AND reachable_email(email) IS NOT NULL THEN 'email'
                    ELSE 'phone'
                END
        WHEN reachable_email(email) IS NOT NULL THEN 'email'
    END
);

-- The reasons to contact somebody, and why a candidate is left out, in their order.
CREATE OR REPLACE TEMP MACRO service_reason_names() AS (['ready', 'balance']);

CREATE OR REPLACE TEMP MACRO sell_reason_names() AS (['quote', 'no_show', 'exam', 'prescription', 'lapsed']);

CREATE OR REPLACE TEMP MACRO contact_reason_names() AS (service_reason_names() || sell_reason_names());

CREATE OR REPLACE TEMP MACRO left_out_names() AS (
    [
        'inactive', 'opted_out', 'no_contact', 'booked', 'work_order_open', 'bought', 'listed_before', 'held_back',
        'over_capacity'
    ]
);
