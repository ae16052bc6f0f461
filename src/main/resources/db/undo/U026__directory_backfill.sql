COMMENT ON TABLE user_activity IS NULL;

DELETE FROM search_words;
DELETE FROM user_search;
DELETE FROM user_attributes;
DELETE FROM user_activity;

DELETE FROM flyway_schema_history WHERE version = '026';
