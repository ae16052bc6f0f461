-- a build that was broken off leaves an invalid index behind
DROP INDEX CONCURRENTLY IF EXISTS users_deleted_at_idx;
CREATE INDEX CONCURRENTLY users_deleted_at_idx ON users (deleted_at) WHERE deleted_at IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS users_email_verified_created_at_idx;
CREATE INDEX CONCURRENTLY users_email_verified_created_at_idx ON users (email_verified, created_at)
    WHERE NOT email_verified AND NOT anonymous AND deleted_at IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS users_anonymous_created_at_idx;
CREATE INDEX CONCURRENTLY users_anonymous_created_at_idx ON users (anonymous, created_at) WHERE anonymous AND deleted_at IS NULL;
