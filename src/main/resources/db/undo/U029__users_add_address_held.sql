ALTER INDEX users_username_old_key RENAME TO users_username_key;
ALTER INDEX users_email_old_key RENAME TO users_email_key;

ALTER TABLE users DROP COLUMN address_held;

DELETE FROM flyway_schema_history WHERE version = '029';
