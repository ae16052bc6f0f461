-- A partition for each month, so that old months can be dropped whole; a table cannot become
-- partitioned, so the rows move. Writers wait meanwhile.
CREATE TEMPORARY TABLE moving_events ON COMMIT DROP AS TABLE audit_events;
DROP TABLE audit_events;

CREATE TABLE audit_events (
    id             uuid        NOT NULL,
    occurred_at    timestamptz NOT NULL,
    action         text        NOT NULL,
    actor_id       uuid,
    target_type    text        NOT NULL,
    target_id      uuid,
    before         jsonb,
    after          jsonb,
    ip_address     text        NOT NULL DEFAULT '',
    user_agent     text        NOT NULL DEFAULT '',
    request_id     text        NOT NULL DEFAULT '',
    details_salt   uuid,
    details_digest bytea       NOT NULL,
    CONSTRAINT audit_events_pkey PRIMARY KEY (id, occurred_at)
) PARTITION BY RANGE (occurred_at);

COMMENT ON COLUMN audit_events.details_digest IS 'SHA-256 of salt, before, after, address and agent: it stays when they are redacted';
COMMENT ON COLUMN audit_events.details_salt IS 'Without it nobody can find the details by trying; null once they are redacted';

CREATE INDEX audit_events_occurred_at_id_idx ON audit_events (occurred_at, id);
CREATE INDEX audit_events_actor_id_idx ON audit_events (actor_id, occurred_at, id);
CREATE INDEX audit_events_target_id_idx ON audit_events (target_id, occurred_at, id);
CREATE INDEX audit_events_action_idx ON audit_events (action, occurred_at, id);
CREATE INDEX audit_events_target_type_idx ON audit_events (target_type, occurred_at, id);
CREATE INDEX audit_events_request_id_idx ON audit_events (request_id, occurred_at, id);

-- An insert never fails for want of a month.
CREATE TABLE audit_events_default PARTITION OF audit_events DEFAULT;

-- What a redaction empties, in the form that ADR 0018 documents.
CREATE FUNCTION audit_details_digest(salt uuid, before jsonb, after jsonb, ip_address text, user_agent text)
    RETURNS bytea LANGUAGE sql STABLE
    RETURN sha256(convert_to(salt::text || jsonb_build_object(
        'before', before, 'after', after, 'ipAddress', ip_address, 'userAgent', user_agent)::text, 'UTF8'));

CREATE FUNCTION audit_events_digest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.details_salt := gen_random_uuid();
    NEW.details_digest := audit_details_digest(NEW.details_salt, NEW.before, NEW.after, NEW.ip_address, NEW.user_agent);
    RETURN NEW;
END
$$;

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only: no % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

-- Lets through the one change there is: the details are emptied, and nothing else differs.
CREATE FUNCTION audit_events_refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.before IS NULL AND NEW.after IS NULL AND NEW.ip_address = '' AND NEW.user_agent = '' AND NEW.details_salt IS NULL
        AND to_jsonb(NEW) - '{before,after,ip_address,user_agent,details_salt}'::text[]
            = to_jsonb(OLD) - '{before,after,ip_address,user_agent,details_salt}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only: no UPDATE of %', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_events_digest BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION audit_events_digest();
CREATE TRIGGER audit_events_refuse_delete BEFORE DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_events_refuse_update BEFORE UPDATE ON audit_events FOR EACH ROW EXECUTE FUNCTION audit_events_refuse_update();
-- Of a partition only its own trigger on statements fires.
CREATE TRIGGER audit_events_refuse_truncate BEFORE TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_events_refuse_truncate BEFORE TRUNCATE ON audit_events_default FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

-- The partition of the month that begins then (UTC), with what the default partition holds of it.
-- Attached rather than created in place, so that nobody who writes or reads is locked out.
CREATE FUNCTION audit_partition_make(month timestamp) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name  text        := 'audit_events_' || to_char(month, 'YYYY_MM');
    first timestamptz := month AT TIME ZONE 'UTC';
    next  timestamptz := (month + interval '1 month') AT TIME ZONE 'UTC';
    reader text;
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE audit_events INCLUDING ALL)', name);
    -- default privileges are for tables that one may name
    FOR reader IN SELECT rolname FROM pg_roles WHERE rolname IN ('roster_app', 'roster_read') LOOP
        EXECUTE format('REVOKE ALL ON %I FROM %I', name, reader);
    END LOOP;
    IF EXISTS (SELECT FROM audit_events_default WHERE occurred_at >= first AND occurred_at < next) THEN
        ALTER TABLE audit_events_default DISABLE TRIGGER USER;
        EXECUTE format('WITH moved AS (DELETE FROM audit_events_default WHERE occurred_at >= $1 AND occurred_at < $2 RETURNING *)'
            ' INSERT INTO %I SELECT * FROM moved', name) USING first, next;
        ALTER TABLE audit_events_default ENABLE TRIGGER USER;
    END IF;
    EXECUTE format('CREATE TRIGGER audit_events_refuse_truncate BEFORE TRUNCATE ON %I'
        ' FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()', name);
    EXECUTE format('ALTER TABLE audit_events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, first, next);
END
$$;

-- This month's partition, those of the next two, and of each month that the default partition has rows of.
CREATE FUNCTION audit_partitions_make() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '2s' AS $$
DECLARE
    month timestamp;
    made  integer := 0;
BEGIN
    FOREACH month IN ARRAY ARRAY(
        SELECT generate_series(date_trunc('month', now() AT TIME ZONE 'UTC'), now() AT TIME ZONE 'UTC' + interval '2 months', interval '1 month')
        UNION SELECT date_trunc('month', occurred_at AT TIME ZONE 'UTC') FROM audit_events_default
        ORDER BY 1)
    LOOP
        IF to_regclass('audit_events_' || to_char(month, 'YYYY_MM')) IS NULL THEN
            PERFORM audit_partition_make(month);
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END
$$;

-- Empties the details of every event by or about a person, or about one of its records; says how many.
CREATE FUNCTION audit_redact(person uuid, records uuid[] DEFAULT '{}') RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    redacted bigint;
BEGIN
    UPDATE audit_events SET before = NULL, after = NULL, ip_address = '', user_agent = '', details_salt = NULL
    WHERE details_salt IS NOT NULL AND (actor_id = person OR target_id = person OR target_id = ANY (records));
    GET DIAGNOSTICS redacted = ROW_COUNT;
    RETURN redacted;
END
$$;

REVOKE ALL ON FUNCTION audit_partition_make(timestamp), audit_partitions_make(), audit_redact(uuid, uuid[]) FROM PUBLIC;

-- What runs with its owner's rights finds its tables here, whatever the caller's search path.
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION audit_partitions_make() SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION audit_redact(uuid, uuid[]) SET search_path = %I, pg_temp', current_schema());
    PERFORM audit_partition_make(month) FROM (SELECT DISTINCT date_trunc('month', occurred_at AT TIME ZONE 'UTC') FROM moving_events) m (month);
    PERFORM audit_partitions_make();
END
$$;

INSERT INTO audit_events (id, occurred_at, action, actor_id, target_type, target_id, before, after, ip_address, user_agent, request_id)
SELECT id, occurred_at, action, actor_id, target_type, target_id, before, after, ip_address, user_agent, request_id
FROM moving_events;
