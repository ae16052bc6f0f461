CREATE INDEX sessions_user_id_idx ON sessions (user_id);
DROP INDEX sessions_user_id_created_at_idx;

DELETE FROM flyway_schema_history WHERE version = '044';
