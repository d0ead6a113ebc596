-- ---
-- about = "How far a work order is (metrics 6)."
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
