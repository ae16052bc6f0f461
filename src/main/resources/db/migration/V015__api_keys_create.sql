CREATE TABLE api_keys (
    id                     uuid        NOT NULL,
    external_id            text,
    user_id                uuid        NOT NULL,
    config_id              text        NOT NULL DEFAULT 'default',
    name                   text,
    start                  text,
    prefix                 text,
    key_digest             bytea       NOT NULL,
    enabled                boolean     NOT NULL DEFAULT true,
    expires_at             timestamptz,
    remaining              integer,
    refill_amount          integer,
    refill_interval        bigint,
    last_refill_at         timestamptz,
    rate_limit_enabled     boolean     NOT NULL DEFAULT true,
    rate_limit_time_window bigint,
    rate_limit_max         integer,
    request_count          integer     NOT NULL DEFAULT 0,
    last_request_at        timestamptz,
    permissions            jsonb,
    metadata               jsonb,
    created_at             timestamptz NOT NULL DEFAULT now(),
    updated_at             timestamptz NOT NULL DEFAULT now(),
    version                bigint      NOT NULL DEFAULT 0,
    CONSTRAINT api_keys_pkey PRIMARY KEY (id),
    CONSTRAINT api_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT api_keys_key_digest_key UNIQUE (key_digest),
    CONSTRAINT api_keys_key_digest_check CHECK (length(key_digest) = 32),
    CONSTRAINT api_keys_remaining_check CHECK (remaining >= 0),
    CONSTRAINT api_keys_permissions_check CHECK (jsonb_typeof(permissions) = 'object')
);

CREATE UNIQUE INDEX api_keys_external_id_key ON api_keys (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX api_keys_user_id_idx ON api_keys (user_id, created_at);
CREATE INDEX api_keys_expires_at_idx ON api_keys (expires_at) WHERE expires_at IS NOT NULL;

COMMENT ON COLUMN api_keys.key_digest IS 'SHA-256 of the whole key, prefix included; the key itself is never stored';
COMMENT ON COLUMN api_keys.start IS 'The first characters of the key, by which its owner tells it from others';
COMMENT ON COLUMN api_keys.remaining IS 'Uses that are left; null for any number';
COMMENT ON COLUMN api_keys.refill_interval IS 'Milliseconds after which remaining is refill_amount again';
COMMENT ON COLUMN api_keys.rate_limit_time_window IS 'Milliseconds without a use after which request_count begins anew';
COMMENT ON COLUMN api_keys.permissions IS 'What the key may do of what its owner may, by resource a list of actions; null for all of it';
