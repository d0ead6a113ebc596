-- ---
-- about = "Who the admins are, by their ids: an order names its seller so."
-- internal = true
-- ---
CREATE OR REPLACE TEMP VIEW admin_emails AS
SELECT id, email
FROM raw.admin_users;
