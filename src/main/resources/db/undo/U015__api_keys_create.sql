DROP TABLE api_keys;

DELETE FROM flyway_schema_history WHERE version = '015';
