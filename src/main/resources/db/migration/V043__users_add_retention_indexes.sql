-- a build that was broken off leaves an invalid index behind
DROP INDEX CONCURRENTLY IF EXISTS users_deleted_at_idx;
CREATE INDEX CONCURRENTLY users_deleted_at_idx ON users (deleted_at) WHERE deleted_at IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS users_unverified_idx;
CREATE INDEX CONCURRENTLY users_unverified_idx ON users (created_at) WHERE NOT email_verified AND NOT anonymous AND deleted_at IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS users_anonymous_idx;
CREATE INDEX CONCURRENTLY users_anonymous_idx ON users (created_at) WHERE anonymous AND deleted_at IS NULL;
