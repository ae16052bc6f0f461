ALTER TABLE import_rows
    DROP COLUMN id_given,
    DROP COLUMN status,
    DROP COLUMN banned,
    DROP COLUMN ban_reason,
    DROP COLUMN ban_expires;

DELETE FROM flyway_schema_history WHERE version = '060';
