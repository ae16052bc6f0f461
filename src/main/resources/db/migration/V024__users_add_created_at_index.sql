-- a build that was broken off leaves an invalid index behind
DROP INDEX CONCURRENTLY IF EXISTS users_created_at_id_idx;
CREATE INDEX CONCURRENTLY users_created_at_id_idx ON users (created_at, id) WHERE deleted_at IS NULL;
