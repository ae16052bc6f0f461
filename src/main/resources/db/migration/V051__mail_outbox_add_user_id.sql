ALTER TABLE mail_outbox ADD COLUMN user_id uuid;

COMMENT ON COLUMN mail_outbox.user_id IS 'Whose mail it is, where that is known, whatever address it goes to; no foreign key, as it may outlive the user';
