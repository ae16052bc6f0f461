-- each is dropped first: a build that was broken off leaves an invalid index behind

DROP INDEX CONCURRENTLY IF EXISTS user_search_grams_idx;
CREATE INDEX CONCURRENTLY user_search_grams_idx ON user_search USING gin (search_grams(text));

-- users_name_id_idx is what the release before sorts by
DROP INDEX CONCURRENTLY IF EXISTS users_folded_name_id_idx;
CREATE INDEX CONCURRENTLY users_folded_name_id_idx ON users (search_fold(left(name, 100)), id) WHERE deleted_at IS NULL;

DROP INDEX CONCURRENTLY IF EXISTS groups_folded_name_slug_idx;
CREATE INDEX CONCURRENTLY groups_folded_name_slug_idx ON groups
    USING gin (search_fold(name || E'\n' || slug) gin_trgm_ops);
-- not in the same index: where a term has no trigrams all of it would be read
DROP INDEX CONCURRENTLY IF EXISTS groups_grams_idx;
CREATE INDEX CONCURRENTLY groups_grams_idx ON groups USING gin (search_grams(search_fold(name || E'\n' || slug)));
