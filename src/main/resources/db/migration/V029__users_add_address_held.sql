ALTER TABLE users ADD COLUMN address_held boolean NOT NULL DEFAULT false;

COMMENT ON COLUMN users.address_held IS 'Of a deleted user: nobody else gets its address and user name until it is purged';

-- V030 makes the successors under the names that the service knows
ALTER INDEX users_email_key RENAME TO users_email_old_key;
ALTER INDEX users_username_key RENAME TO users_username_old_key;
