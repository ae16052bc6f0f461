-- Gives roster_app what the service needs and roster_read what reports need, each where it exists.
-- The owner runs it after each migration; and by hand when a role comes later.
CREATE FUNCTION database_roles_grant() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    -- Whoever owns the tables has its rights already, and needs them.
    app    boolean := EXISTS (SELECT FROM pg_roles WHERE rolname = 'roster_app' AND rolname <> current_user);
    reader boolean := EXISTS (SELECT FROM pg_roles WHERE rolname = 'roster_read' AND rolname <> current_user);
    relation record;
BEGIN
    IF app THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO roster_app', current_schema());
        EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO roster_app', current_schema());
        -- what later migrations make
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO roster_app', current_schema());
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE, SELECT ON SEQUENCES TO roster_app', current_schema());
        GRANT EXECUTE ON FUNCTION audit_partitions_make(), audit_partitions_drop(timestamptz), audit_redact(uuid, uuid[]), audit_seal(integer)
            TO roster_app;
    END IF;
    IF reader THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO roster_read', current_schema());
    END IF;
    FOR relation IN
        SELECT c.relname AS name, c.relispartition AS part,
            c.relname IN ('credentials', 'two_factors', 'verifications', 'api_keys', 'signing_keys', 'device_codes', 'mail_outbox',
                'rate_limits', 'idempotency_keys', 'import_rows', 'imports', 'flyway_schema_history') AS secret,
            -- digests and what is encrypted are bytea
            (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                    AND (a.atttypid <> 'bytea'::regtype OR c.relname LIKE 'audit\_%')) AS columns
        FROM pg_class c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
            AND pg_has_role(c.relowner, 'USAGE')
    LOOP
        IF app THEN
            EXECUTE format('REVOKE ALL ON %I FROM roster_app', relation.name);
            IF NOT relation.part THEN
                EXECUTE format('GRANT %s ON %I TO roster_app', CASE
                    WHEN relation.name = 'audit_events' THEN 'SELECT, INSERT'
                    WHEN relation.name IN ('audit_chain', 'audit_unsealed', 'flyway_schema_history') THEN 'SELECT'
                    ELSE 'SELECT, INSERT, UPDATE, DELETE' END, relation.name);
            END IF;
        END IF;
        IF reader THEN
            EXECUTE format('REVOKE ALL ON %I FROM roster_read', relation.name);
            IF NOT relation.part AND NOT relation.secret THEN
                EXECUTE format('GRANT SELECT (%s) ON %I TO roster_read', relation.columns, relation.name);
            END IF;
        END IF;
    END LOOP;
END
$$;

REVOKE ALL ON FUNCTION database_roles_grant() FROM PUBLIC;
