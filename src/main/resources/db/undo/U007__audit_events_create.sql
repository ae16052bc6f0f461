DROP TABLE audit_events;

DELETE FROM flyway_schema_history WHERE version = '007';
