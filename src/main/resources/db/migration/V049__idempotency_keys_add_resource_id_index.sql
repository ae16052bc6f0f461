-- a build that was broken off leaves an invalid index behind
DROP INDEX CONCURRENTLY IF EXISTS idempotency_keys_resource_id_idx;
CREATE INDEX CONCURRENTLY idempotency_keys_resource_id_idx ON idempotency_keys (resource_id);
