ALTER TABLE mail_outbox DROP COLUMN user_id;

DELETE FROM flyway_schema_history WHERE version = '051';
