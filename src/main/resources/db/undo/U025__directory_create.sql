DROP TRIGGER users_insert_directory ON users;
DROP TRIGGER users_update_directory ON users;
DROP TRIGGER sessions_insert_activity ON sessions;
DROP TRIGGER sessions_update_activity ON sessions;
DROP TRIGGER user_profiles_insert_attributes ON user_profiles;
DROP TRIGGER user_profiles_update_attributes ON user_profiles;

DROP FUNCTION users_enter_directory();
DROP FUNCTION users_change_directory();
DROP FUNCTION sessions_note_activity();
DROP FUNCTION user_profiles_note_attributes();
DROP FUNCTION user_attribute_values(jsonb);
DROP FUNCTION user_search_words(text);
DROP FUNCTION user_search_text(text, text, text);

DROP TABLE search_words;
DROP TABLE user_search;
DROP TABLE user_attributes;
DROP TABLE user_activity;

DELETE FROM flyway_schema_history WHERE version = '025';
