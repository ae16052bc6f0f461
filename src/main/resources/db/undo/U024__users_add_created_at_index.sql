DROP INDEX users_created_at_id_idx;

DELETE FROM flyway_schema_history WHERE version = '024';
