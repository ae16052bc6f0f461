DROP INDEX users_deleted_at_idx;
DROP INDEX users_email_verified_created_at_idx;
DROP INDEX users_anonymous_created_at_idx;

DELETE FROM flyway_schema_history WHERE version = '043';
