-- ---
-- about = "How far a work order is (metrics 6), and in which order lists have the statuses."
-- ---

-- What is left to do of a work order: each status falls into exactly one stage; one not listed here is unknown.
CREATE OR REPLACE TEMP MACRO work_order_stage(status) AS (
    CASE
        WHEN status IN (
            'quote', 'ordered', 'on_hold_payment', 'sent_to_lab', 'in_progress_lab',
            'ready_at_lab', 'received_from_lab', 'mounted', 'quality_check'
        ) THEN 'pending'
        WHEN status = 'ready_for_pickup' THEN 'ready'
        WHEN status = 'delivered' THEN 'completed'
        WHEN status IN ('cancelled', 'returned') THEN status
        ELSE 'unknown'
    END
);

-- The place of a status in the order of work: that of sql/vocabulary.toml, which ends with `unknown`; a status that is
-- not listed there comes just before it.
CREATE OR REPLACE TEMP MACRO status_rank(status) AS (
    coalesce(2 * list_position(getvariable('statuses'), status), 2 * array_length(getvariable('statuses')) - 1)
);
