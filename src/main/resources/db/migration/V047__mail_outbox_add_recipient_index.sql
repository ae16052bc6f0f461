-- what was sent to a person is told to it, and forgotten with it; a build that was broken off leaves an invalid index behind
DROP INDEX CONCURRENTLY IF EXISTS mail_outbox_recipient_idx;
CREATE INDEX CONCURRENTLY mail_outbox_recipient_idx ON mail_outbox (lower(recipient COLLATE "C"));
