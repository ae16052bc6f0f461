ALTER TABLE credentials
    ADD COLUMN provider_tokens bytea;

COMMENT ON COLUMN credentials.provider_tokens IS 'Access, refresh and id token of a provider, AES-256-GCM with a key id in front';

CREATE TABLE imports (
    id          uuid        NOT NULL,
    source      text        NOT NULL,
    done        text[]      NOT NULL DEFAULT '{}',
    finished_at timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    version     bigint      NOT NULL DEFAULT 0,
    CONSTRAINT imports_pkey PRIMARY KEY (id),
    CONSTRAINT imports_source_key UNIQUE (source)
);

COMMENT ON COLUMN imports.done IS 'The tables of the source that were read to their end';
