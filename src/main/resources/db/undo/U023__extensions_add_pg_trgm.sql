DROP EXTENSION pg_trgm;

DELETE FROM flyway_schema_history WHERE version = '023';
