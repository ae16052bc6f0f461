DROP INDEX user_search_text_idx;
DROP INDEX user_search_name_key_user_id_idx;
DROP INDEX users_name_id_idx;
DROP INDEX users_email_id_idx;
DROP INDEX users_username_id_idx;
DROP INDEX users_updated_at_id_idx;
DROP INDEX users_id_banned_idx;
DROP INDEX users_id_unverified_idx;
DROP INDEX users_id_status_idx;
DROP INDEX users_id_deleted_idx;
DROP INDEX user_profiles_locale_user_id_idx;
DROP INDEX user_profiles_birth_date_user_id_idx;

DELETE FROM flyway_schema_history WHERE version = '027';
