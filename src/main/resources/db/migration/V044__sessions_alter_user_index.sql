-- in place of the one on user_id alone; a build that was broken off leaves an invalid index behind
DROP INDEX CONCURRENTLY IF EXISTS sessions_user_id_created_at_idx;
CREATE INDEX CONCURRENTLY sessions_user_id_created_at_idx ON sessions (user_id, created_at) INCLUDE (impersonated_by);
DROP INDEX CONCURRENTLY IF EXISTS sessions_user_id_idx;
