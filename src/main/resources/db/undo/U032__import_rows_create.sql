DROP TABLE import_rows;

DELETE FROM flyway_schema_history WHERE version = '032';
