-- What was committed and is not in the chain yet. The chain is not made by the insert itself: its
-- head would have every change of the service wait for every other.
CREATE TABLE audit_unsealed (
    occurred_at timestamptz NOT NULL,
    event_id    uuid        NOT NULL,
    CONSTRAINT audit_unsealed_pkey PRIMARY KEY (occurred_at, event_id)
);

-- It keeps the link of an event whose month is dropped, so that the rest can still be verified.
CREATE TABLE audit_chain (
    position    bigint      NOT NULL,
    event_id    uuid        NOT NULL,
    occurred_at timestamptz NOT NULL,
    hash        bytea       NOT NULL,
    CONSTRAINT audit_chain_pkey PRIMARY KEY (position),
    CONSTRAINT audit_chain_hash_check CHECK (octet_length(hash) = 32)
);

COMMENT ON COLUMN audit_chain.hash IS 'SHA-256 of the hash before it and of the event in the form that ADR 0018 documents';

CREATE INDEX audit_chain_event_id_idx ON audit_chain (event_id);
CREATE INDEX audit_chain_occurred_at_idx ON audit_chain USING brin (occurred_at);

CREATE TRIGGER audit_chain_refuse BEFORE UPDATE OR DELETE ON audit_chain FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_chain_refuse_truncate BEFORE TRUNCATE ON audit_chain FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

CREATE FUNCTION audit_events_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO audit_unsealed (occurred_at, event_id) SELECT occurred_at, id FROM written;
    RETURN NULL;
END
$$;

CREATE TRIGGER audit_events_note AFTER INSERT ON audit_events
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION audit_events_note();

-- An event as the chain has it: all of it but the details, of which it has the digest.
CREATE FUNCTION audit_canonical(event audit_events) RETURNS text LANGUAGE sql STABLE
    RETURN jsonb_build_object(
        'id', event.id,
        'occurredAt', to_char(event.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'action', event.action,
        'actor', event.actor_id,
        'targetType', event.target_type,
        'target', event.target_id,
        'requestId', event.request_id,
        'details', encode(event.details_digest, 'hex'))::text;

CREATE FUNCTION audit_link(previous bytea, event text) RETURNS bytea LANGUAGE sql STABLE
    RETURN sha256(coalesce(previous, decode(repeat('00', 32), 'hex')) || convert_to(event, 'UTF8'));

CREATE FUNCTION audit_link_next(state bytea, head bytea, event text) RETURNS bytea LANGUAGE sql STABLE
    RETURN audit_link(coalesce(state, head), event);

-- The links of a window of events, one after the other, from the chain's head on.
CREATE AGGREGATE audit_links(bytea, text) (SFUNC = audit_link_next, STYPE = bytea);

-- Puts events into the chain, oldest first; says how many, null while another replica is at it.
-- One that is gone already gets its link too, so that its absence shows.
CREATE FUNCTION audit_seal(batch integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    head   audit_chain;
    sealed integer;
BEGIN
    IF NOT pg_try_advisory_xact_lock(x'617564697473'::bigint) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO head FROM audit_chain ORDER BY position DESC LIMIT 1;
    WITH taken AS (
        DELETE FROM audit_unsealed
        WHERE ctid = ANY (ARRAY(SELECT ctid FROM audit_unsealed ORDER BY occurred_at, event_id LIMIT batch))
        RETURNING occurred_at, event_id
    ), numbered AS (
        SELECT t.occurred_at, t.event_id, row_number() OVER (ORDER BY t.occurred_at, t.event_id) AS nr, audit_canonical(e) AS event
        FROM taken t LEFT JOIN audit_events e ON e.occurred_at = t.occurred_at AND e.id = t.event_id
    )
    INSERT INTO audit_chain (position, event_id, occurred_at, hash)
    SELECT coalesce(head.position, 0) + nr, event_id, occurred_at, audit_links(head.hash, event) OVER (ORDER BY nr)
    FROM numbered;
    GET DIAGNOSTICS sealed = ROW_COUNT;
    RETURN sealed;
END
$$;

-- Drops the months that were over by then, never one of the last 90 days, and says so in an event
-- of its own; returns the number of events. Of months with unsealed events none.
CREATE FUNCTION audit_partitions_drop(older_than timestamptz) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '2s' AS $$
DECLARE
    bound   timestamptz := date_trunc('month', least(older_than, now() - interval '90 days'), 'UTC');
    part    name;
    events  bigint;
    dropped bigint;
BEGIN
    IF EXISTS (SELECT FROM audit_unsealed WHERE occurred_at < bound) THEN
        RETURN 0;
    END IF;
    FOREACH part IN ARRAY ARRAY(
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'audit_events'::regclass AND c.relname ~ '^audit_events_\d{4}_\d{2}$'
            AND c.relname < ('audit_events_' || to_char(bound AT TIME ZONE 'UTC', 'YYYY_MM'))::name)
    LOOP
        EXECUTE format('SELECT count(*) FROM %I', part) INTO events;
        EXECUTE format('DROP TABLE %I', part);
        dropped := coalesce(dropped, 0) + events;
    END LOOP;
    IF dropped IS NOT NULL THEN
        INSERT INTO audit_events (id, occurred_at, action, target_type, after)
        VALUES (gen_random_uuid(), now(), 'audit_events.dropped', 'audit_events',
            jsonb_build_object('before', to_char(bound AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'events', dropped));
    END IF;
    RETURN coalesce(dropped, 0);
END
$$;

REVOKE ALL ON FUNCTION audit_seal(integer), audit_partitions_drop(timestamptz) FROM PUBLIC;

DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION audit_events_note() SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION audit_seal(integer) SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION audit_partitions_drop(timestamptz) SET search_path = %I, pg_temp', current_schema());
END
$$;

INSERT INTO audit_unsealed (occurred_at, event_id) SELECT occurred_at, id FROM audit_events;
