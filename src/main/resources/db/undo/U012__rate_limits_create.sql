DROP TABLE rate_limits;

DELETE FROM flyway_schema_history WHERE version = '012';
