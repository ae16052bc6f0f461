DROP TRIGGER audit_events_note ON audit_events;
DROP FUNCTION audit_partitions_drop(timestamptz);
DROP FUNCTION audit_seal(integer);
DROP AGGREGATE audit_links(bytea, text);
DROP FUNCTION audit_link_next(bytea, bytea, text);
DROP FUNCTION audit_link(bytea, text);
DROP FUNCTION audit_canonical(audit_events);
DROP FUNCTION audit_events_note();
DROP TABLE audit_chain;
DROP TABLE audit_unsealed;

DELETE FROM flyway_schema_history WHERE version = '036';
