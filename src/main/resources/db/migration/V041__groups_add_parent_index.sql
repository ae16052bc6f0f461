-- what is left of an attempt that was cut off counts for nothing
DROP INDEX CONCURRENTLY IF EXISTS groups_parent_id_slug_idx;
CREATE INDEX CONCURRENTLY groups_parent_id_slug_idx ON groups (parent_id, slug);
