DROP TABLE imports;

ALTER TABLE credentials
    DROP COLUMN provider_tokens;

DELETE FROM flyway_schema_history WHERE version = '021';
