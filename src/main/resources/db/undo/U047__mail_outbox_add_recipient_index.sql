DROP INDEX mail_outbox_recipient_idx;

DELETE FROM flyway_schema_history WHERE version = '047';
