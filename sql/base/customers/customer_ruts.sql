-- ---
-- about = "Who has a RUT that the ticket of an order without customer gives; one that two customers share identifies nobody (metrics 4.3)."
-- internal = true
-- ---
CREATE OR REPLACE TEMP VIEW customer_ruts AS
SELECT
    rut_no,
    min(customer_id) AS customer_id
FROM ticket_holders
WHERE last_asked_at >= getvariable('orders_from')
GROUP BY rut_no
-- Every row of a number has the same RUT; asked after grouping, few are looked at.
HAVING count(*) = 1 AND NOT is_placeholder_rut(min(rut));
