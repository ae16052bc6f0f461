CREATE TABLE credentials (
    id            uuid        NOT NULL,
    user_id       uuid        NOT NULL,
    provider_id   text        NOT NULL,
    account_id    text        NOT NULL,
    password_hash text,
    scopes        text[]      NOT NULL DEFAULT '{}',
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    version       bigint      NOT NULL DEFAULT 0,
    CONSTRAINT credentials_pkey PRIMARY KEY (id),
    CONSTRAINT credentials_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT credentials_provider_id_account_id_key UNIQUE (provider_id, account_id)
);

CREATE INDEX credentials_user_id_idx ON credentials (user_id);

COMMENT ON COLUMN credentials.provider_id IS '''credential'' for a password, else the identity provider';
COMMENT ON COLUMN credentials.password_hash IS 'Argon2id or bcrypt string, or Better Auth''s scrypt until the next sign-in';
