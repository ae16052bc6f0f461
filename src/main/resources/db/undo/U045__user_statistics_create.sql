DROP TABLE user_statistics;

DELETE FROM flyway_schema_history WHERE version = '045';
