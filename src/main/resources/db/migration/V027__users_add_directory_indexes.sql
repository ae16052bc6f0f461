-- each is dropped first: a build that was broken off leaves an invalid index behind

DROP INDEX CONCURRENTLY IF EXISTS user_search_text_idx;
CREATE INDEX CONCURRENTLY user_search_text_idx ON user_search USING gin (text gin_trgm_ops);

-- many who are found by words, in the order of their names
DROP INDEX CONCURRENTLY IF EXISTS user_search_name_key_user_id_idx;
CREATE INDEX CONCURRENTLY user_search_name_key_user_id_idx ON user_search (name_key, user_id) INCLUDE (text);

DROP INDEX CONCURRENTLY IF EXISTS users_name_id_idx;
CREATE INDEX CONCURRENTLY users_name_id_idx ON users (lower(left(name, 100)), id) WHERE deleted_at IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS users_email_id_idx;
CREATE INDEX CONCURRENTLY users_email_id_idx ON users (email_key, id) WHERE deleted_at IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS users_username_id_idx;
CREATE INDEX CONCURRENTLY users_username_id_idx ON users (coalesce(username, ''), id) WHERE deleted_at IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS users_updated_at_id_idx;
CREATE INDEX CONCURRENTLY users_updated_at_id_idx ON users (updated_at, id) WHERE deleted_at IS NULL;

-- what few users are, in the order of the list
DROP INDEX CONCURRENTLY IF EXISTS users_id_banned_idx;
CREATE INDEX CONCURRENTLY users_id_banned_idx ON users (id) WHERE banned AND deleted_at IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS users_id_unverified_idx;
CREATE INDEX CONCURRENTLY users_id_unverified_idx ON users (id) WHERE NOT email_verified AND deleted_at IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS users_id_status_idx;
CREATE INDEX CONCURRENTLY users_id_status_idx ON users (id) WHERE status <> 'active' AND deleted_at IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS users_id_deleted_idx;
CREATE INDEX CONCURRENTLY users_id_deleted_idx ON users (id) WHERE deleted_at IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS user_profiles_locale_user_id_idx;
CREATE INDEX CONCURRENTLY user_profiles_locale_user_id_idx ON user_profiles (locale, user_id);
DROP INDEX CONCURRENTLY IF EXISTS user_profiles_birth_date_user_id_idx;
CREATE INDEX CONCURRENTLY user_profiles_birth_date_user_id_idx ON user_profiles (birth_date, user_id);
