DROP INDEX idempotency_keys_resource_id_idx;

DELETE FROM flyway_schema_history WHERE version = '049';
