DROP TABLE device_codes;

DELETE FROM flyway_schema_history WHERE version = '017';
