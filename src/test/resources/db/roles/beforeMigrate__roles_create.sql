DO $$
BEGIN
    IF to_regrole('roster_app') IS NULL THEN
        CREATE ROLE roster_app;
        CREATE ROLE roster_read;
    END IF;
END
$$;
