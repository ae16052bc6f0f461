-- a build that was broken off leaves an invalid index behind
DROP INDEX CONCURRENTLY IF EXISTS groups_name_slug_idx;
CREATE INDEX CONCURRENTLY groups_name_slug_idx ON groups USING gin (name gin_trgm_ops, slug gin_trgm_ops);
