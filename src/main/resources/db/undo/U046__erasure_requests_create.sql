DROP TABLE erasure_requests;

DELETE FROM flyway_schema_history WHERE version = '046';
