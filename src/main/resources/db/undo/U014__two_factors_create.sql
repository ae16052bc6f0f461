DROP TABLE two_factors;

DELETE FROM flyway_schema_history WHERE version = '014';
