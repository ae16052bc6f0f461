CREATE TABLE verifications (
    id           uuid        NOT NULL,
    purpose      text        NOT NULL,
    user_id      uuid,
    token_digest bytea       NOT NULL,
    payload      jsonb       NOT NULL DEFAULT '{}',
    expires_at   timestamptz NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    version      bigint      NOT NULL DEFAULT 0,
    CONSTRAINT verifications_pkey PRIMARY KEY (id),
    CONSTRAINT verifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT verifications_purpose_token_digest_key UNIQUE (purpose, token_digest),
    CONSTRAINT verifications_token_digest_check CHECK (length(token_digest) = 32)
);

CREATE INDEX verifications_user_id_idx ON verifications (user_id);
CREATE INDEX verifications_expires_at_idx ON verifications (expires_at);

COMMENT ON COLUMN verifications.token_digest IS 'SHA-256 of the one-time token; the token itself is never stored';
COMMENT ON COLUMN verifications.purpose IS 'A token is good for this purpose alone';
