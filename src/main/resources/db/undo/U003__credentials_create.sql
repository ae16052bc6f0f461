DROP TABLE credentials;

DELETE FROM flyway_schema_history WHERE version = '003';
