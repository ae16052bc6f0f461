DROP TABLE mail_outbox;

DELETE FROM flyway_schema_history WHERE version = '011';
