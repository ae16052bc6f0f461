DROP INDEX users_deleted_at_idx;
DROP INDEX users_unverified_idx;
DROP INDEX users_anonymous_idx;

DELETE FROM flyway_schema_history WHERE version = '043';
