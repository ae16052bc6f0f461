-- an address or user name is free again once its user is deleted without holding it, or purged;
-- whatever a build left that was broken off goes first
DROP INDEX CONCURRENTLY IF EXISTS users_email_key;
CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email_key) WHERE deleted_at IS NULL OR address_held;
DROP INDEX CONCURRENTLY IF EXISTS users_email_old_key;

DROP INDEX CONCURRENTLY IF EXISTS users_username_key;
CREATE UNIQUE INDEX CONCURRENTLY users_username_key ON users (username) WHERE deleted_at IS NULL OR address_held;
DROP INDEX CONCURRENTLY IF EXISTS users_username_old_key;
