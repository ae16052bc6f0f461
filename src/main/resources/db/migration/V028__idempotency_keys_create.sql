-- logged, unlike rate_limits: what a crash forgot here would be done twice
CREATE TABLE idempotency_keys (
    caller_id      uuid        NOT NULL,
    key            text        NOT NULL,
    request_digest bytea       NOT NULL,
    status         integer     NOT NULL,
    answer         bytea       NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    version        bigint      NOT NULL DEFAULT 0,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (caller_id, key),
    CONSTRAINT idempotency_keys_key_check CHECK (length(key) BETWEEN 1 AND 255),
    CONSTRAINT idempotency_keys_request_digest_check CHECK (length(request_digest) = 32)
);

CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);

COMMENT ON TABLE idempotency_keys IS 'Answers of creating requests, each written in the transaction of what it tells of';
COMMENT ON COLUMN idempotency_keys.request_digest IS 'SHA-256 of method, path, query and body';
COMMENT ON COLUMN idempotency_keys.answer IS 'Headers and body, AES-256-GCM with a key id in front; bound to caller and key';
