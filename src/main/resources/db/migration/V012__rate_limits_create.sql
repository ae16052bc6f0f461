-- Unlogged: worth no write-ahead log. A crash empties it, which forgives what was counted.
CREATE UNLOGGED TABLE rate_limits (
    key        text        NOT NULL,
    taken      integer     NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT rate_limits_pkey PRIMARY KEY (key),
    CONSTRAINT rate_limits_taken_check CHECK (taken > 0)
);

CREATE INDEX rate_limits_expires_at_idx ON rate_limits (expires_at);

COMMENT ON COLUMN rate_limits.key IS 'Network of the client and the route or rule: a bounded number for each client';
COMMENT ON COLUMN rate_limits.taken IS 'Permits asked for since the window began; more than the rule has means that some were refused';
COMMENT ON COLUMN rate_limits.expires_at IS 'When the window ends unless a permit is given before';
