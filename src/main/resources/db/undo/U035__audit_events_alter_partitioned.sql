CREATE TEMPORARY TABLE moving_events ON COMMIT DROP AS
SELECT id, occurred_at, action, actor_id, target_type, target_id, before, after, ip_address, user_agent, request_id
FROM audit_events;
DROP TABLE audit_events;
DROP FUNCTION audit_redact(uuid, uuid[]);
DROP FUNCTION audit_partitions_make();
DROP FUNCTION audit_partition_make(timestamp);
DROP FUNCTION audit_events_refuse_update();
DROP FUNCTION audit_refuse();
DROP FUNCTION audit_events_digest();
DROP FUNCTION audit_details_digest(uuid, jsonb, jsonb, text, text);

CREATE TABLE audit_events (
    id          uuid        NOT NULL,
    occurred_at timestamptz NOT NULL,
    action      text        NOT NULL,
    actor_id    uuid,
    target_type text        NOT NULL,
    target_id   uuid,
    before      jsonb,
    after       jsonb,
    ip_address  text        NOT NULL DEFAULT '',
    user_agent  text        NOT NULL DEFAULT '',
    request_id  text        NOT NULL DEFAULT '',
    CONSTRAINT audit_events_pkey PRIMARY KEY (id)
);

INSERT INTO audit_events SELECT * FROM moving_events ON CONFLICT DO NOTHING;
CREATE INDEX audit_events_target_id_idx ON audit_events (target_id, id);
CREATE INDEX audit_events_actor_id_idx ON audit_events (actor_id, id);
CREATE INDEX audit_events_occurred_at_idx ON audit_events (occurred_at);

DELETE FROM flyway_schema_history WHERE version = '035';
