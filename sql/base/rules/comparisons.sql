-- ---
-- about = "By which two customers are compared in own SQL, where the value itself may not be shown."
-- ---

-- By which two customers are compared where a value may not be shown: nothing where it is blank or stands for nobody.
CREATE OR REPLACE TEMP MACRO compared_email(email) AS (
    CASE WHEN NOT is_placeholder(email_key(email)) THEN email_key(email) END
);

CREATE OR REPLACE TEMP MACRO compared_rut(rut) AS (
    CASE
        WHEN
            NOT is_placeholder_rut(ticket_key(rut))
            AND replace(left(ticket_key(rut), -1), left(ticket_key(rut), 1), '') <> ''
            THEN ticket_key(rut)
    END
);
