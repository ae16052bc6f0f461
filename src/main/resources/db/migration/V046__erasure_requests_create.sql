CREATE TABLE erasure_requests (
    user_id      uuid        NOT NULL,
    requested_by uuid        NOT NULL,
    reason       text,
    expires_at   timestamptz NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    version      bigint      NOT NULL DEFAULT 0,
    CONSTRAINT erasure_requests_pkey PRIMARY KEY (user_id),
    CONSTRAINT erasure_requests_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT erasure_requests_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX erasure_requests_requested_by_idx ON erasure_requests (requested_by);
CREATE INDEX erasure_requests_expires_at_idx ON erasure_requests (expires_at);

COMMENT ON TABLE erasure_requests IS 'Erasures that wait for a second administrator';
