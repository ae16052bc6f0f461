ALTER TABLE users
    ADD COLUMN external_id        text,
    ADD COLUMN two_factor_enabled boolean NOT NULL DEFAULT false,
    ADD COLUMN anonymous          boolean NOT NULL DEFAULT false;

CREATE UNIQUE INDEX users_external_id_key ON users (external_id) WHERE external_id IS NOT NULL;

COMMENT ON COLUMN users.external_id IS 'The id in the service it was imported from; applications go on using it';
