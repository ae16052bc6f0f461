-- a build that was broken off leaves an invalid index behind
DROP INDEX CONCURRENTLY IF EXISTS mail_outbox_user_id_idx;
CREATE INDEX CONCURRENTLY mail_outbox_user_id_idx ON mail_outbox (user_id);
