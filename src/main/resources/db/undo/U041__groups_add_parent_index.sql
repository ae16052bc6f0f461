DROP INDEX groups_parent_id_slug_idx;

DELETE FROM flyway_schema_history WHERE version = '041';
