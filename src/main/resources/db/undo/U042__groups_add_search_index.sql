DROP INDEX groups_name_slug_idx;

DELETE FROM flyway_schema_history WHERE version = '042';
