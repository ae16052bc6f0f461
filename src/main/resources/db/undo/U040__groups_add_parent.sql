ALTER TABLE groups
    DROP COLUMN parent_id;

DELETE FROM flyway_schema_history WHERE version = '040';
