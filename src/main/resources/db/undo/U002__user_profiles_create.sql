DROP TABLE user_profiles;

DELETE FROM flyway_schema_history WHERE version = '002';
