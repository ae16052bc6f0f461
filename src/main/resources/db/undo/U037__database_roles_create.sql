DO $$
BEGIN
    IF to_regrole('roster_app') IS NOT NULL THEN
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I REVOKE ALL ON TABLES FROM roster_app', current_schema());
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I REVOKE ALL ON SEQUENCES FROM roster_app', current_schema());
    END IF;
END
$$;

DROP FUNCTION database_roles_grant();

DELETE FROM flyway_schema_history WHERE version = '037';
