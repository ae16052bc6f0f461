-- V035 moves these rows: what old replicas are about to commit must not come between its copy and its drop.
-- V032 is the migration before it.
DO $$
BEGIN
    IF (SELECT max(version) FROM flyway_schema_history WHERE success) = '032' THEN
        LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE;
    END IF;
END
$$;
