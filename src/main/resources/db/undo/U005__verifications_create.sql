DROP TABLE verifications;

DELETE FROM flyway_schema_history WHERE version = '005';
