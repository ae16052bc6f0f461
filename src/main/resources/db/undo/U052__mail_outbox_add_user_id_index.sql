DROP INDEX mail_outbox_user_id_idx;

DELETE FROM flyway_schema_history WHERE version = '052';
