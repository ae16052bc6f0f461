CREATE TABLE device_codes (
    id                 uuid        NOT NULL,
    device_code_digest bytea       NOT NULL,
    user_code_digest   bytea       NOT NULL,
    user_id            uuid,
    client_id          text        NOT NULL,
    scope              text,
    status             text        NOT NULL,
    last_polled_at     timestamptz,
    expires_at         timestamptz NOT NULL,
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    version            bigint      NOT NULL DEFAULT 0,
    CONSTRAINT device_codes_pkey PRIMARY KEY (id),
    CONSTRAINT device_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT device_codes_device_code_digest_key UNIQUE (device_code_digest),
    CONSTRAINT device_codes_user_code_digest_key UNIQUE (user_code_digest),
    CONSTRAINT device_codes_device_code_digest_check CHECK (length(device_code_digest) = 32),
    CONSTRAINT device_codes_user_code_digest_check CHECK (length(user_code_digest) = 32),
    CONSTRAINT device_codes_status_check CHECK (status IN ('PENDING', 'APPROVED', 'DENIED'))
);

CREATE INDEX device_codes_user_id_idx ON device_codes (user_id);
CREATE INDEX device_codes_expires_at_idx ON device_codes (expires_at);

COMMENT ON COLUMN device_codes.device_code_digest IS 'SHA-256 of the code that the device keeps; the code itself is never stored';
COMMENT ON COLUMN device_codes.user_code_digest IS 'HMAC by ROSTER_SECRET of the short code that the user types; the code itself is never stored';
COMMENT ON COLUMN device_codes.user_id IS 'The first signed-in user who looked the user code up: the one who may approve or deny';
