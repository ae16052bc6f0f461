CREATE TABLE signing_keys (
    id          uuid        NOT NULL,
    algorithm   text        NOT NULL,
    public_key  bytea       NOT NULL,
    private_key bytea       NOT NULL,
    starts_at   timestamptz NOT NULL,
    expires_at  timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    version     bigint      NOT NULL DEFAULT 0,
    CONSTRAINT signing_keys_pkey PRIMARY KEY (id),
    CONSTRAINT signing_keys_algorithm_check CHECK (algorithm IN ('EDDSA', 'RS256', 'ES256')),
    CONSTRAINT signing_keys_expires_at_check CHECK (expires_at > starts_at)
);

CREATE INDEX signing_keys_expires_at_idx ON signing_keys (expires_at);

COMMENT ON COLUMN signing_keys.public_key IS 'Ed25519: the 32 bytes of RFC 8032; otherwise X.509 SubjectPublicKeyInfo';
COMMENT ON COLUMN signing_keys.private_key IS 'Ed25519: the 32 bytes of RFC 8032; otherwise PKCS #8. Base64, AES-256-GCM, bound to the row by its id';
COMMENT ON COLUMN signing_keys.starts_at IS 'Signs from then on; published before, so that verifiers know it in time';
COMMENT ON COLUMN signing_keys.expires_at IS 'Signs no longer; published for the grace period more. Null: never';
