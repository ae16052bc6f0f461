ALTER TABLE users
    DROP COLUMN external_id,
    DROP COLUMN two_factor_enabled,
    DROP COLUMN anonymous;

DELETE FROM flyway_schema_history WHERE version = '008';
