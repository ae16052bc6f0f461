ALTER TABLE idempotency_keys DROP COLUMN resource_id;

DELETE FROM flyway_schema_history WHERE version = '048';
