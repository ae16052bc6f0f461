CREATE TABLE two_factors (
    id              uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    secret          bytea,
    confirmed       boolean     NOT NULL DEFAULT false,
    last_step       bigint,
    backup_codes    text[]      NOT NULL DEFAULT '{}',
    failed_attempts integer     NOT NULL DEFAULT 0,
    locked_until    timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    version         bigint      NOT NULL DEFAULT 0,
    CONSTRAINT two_factors_pkey PRIMARY KEY (id),
    CONSTRAINT two_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT two_factors_user_id_key UNIQUE (user_id),
    CONSTRAINT two_factors_secret_check CHECK (secret IS NOT NULL OR NOT confirmed)
);

COMMENT ON COLUMN two_factors.secret IS 'Key of the authenticator app, AES-256-GCM; null where codes are mailed alone';
COMMENT ON COLUMN two_factors.confirmed IS 'The app has shown a right code';
COMMENT ON COLUMN two_factors.last_step IS 'The time step whose code was used last; neither it nor an earlier one is good again';
COMMENT ON COLUMN two_factors.backup_codes IS 'HMAC-SHA256 by ROSTER_SECRET of each unused code, in hex';
COMMENT ON COLUMN two_factors.failed_attempts IS 'Tries since the last right one, the one that is running included';
