CREATE TABLE jobs (
    id              uuid        NOT NULL,
    kind            text        NOT NULL,
    permission      text        NOT NULL,
    parameters      jsonb       NOT NULL DEFAULT '{}',
    status          text        NOT NULL DEFAULT 'queued',
    position        bigint      NOT NULL DEFAULT 0,
    total           bigint      NOT NULL,
    processed       bigint      NOT NULL DEFAULT 0,
    succeeded       bigint      NOT NULL DEFAULT 0,
    skipped         bigint      NOT NULL DEFAULT 0,
    refused         bigint      NOT NULL DEFAULT 0,
    error           text,
    created_by      uuid,
    idempotency_key text,
    request_digest  bytea,
    lease           uuid,
    leased_until    timestamptz,
    attempts        integer     NOT NULL DEFAULT 0,
    resumed_at      timestamptz,
    resumed_from    bigint      NOT NULL DEFAULT 0,
    finished_at     timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    version         bigint      NOT NULL DEFAULT 0,
    CONSTRAINT jobs_pkey PRIMARY KEY (id),
    CONSTRAINT jobs_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT jobs_created_by_idempotency_key_key UNIQUE (created_by, idempotency_key),
    CONSTRAINT jobs_status_check CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    CONSTRAINT jobs_parameters_check CHECK (jsonb_typeof(parameters) = 'object')
);

CREATE INDEX jobs_created_by_idx ON jobs (created_by, id);
CREATE INDEX jobs_status_idx ON jobs (status, id) WHERE status IN ('queued', 'running');
CREATE INDEX jobs_finished_at_idx ON jobs (finished_at) WHERE finished_at IS NOT NULL;

COMMENT ON COLUMN jobs.permission IS 'What whoever started it had to have, and needs to see it';
COMMENT ON COLUMN jobs.position IS 'Where the next step begins; the kind knows what it counts';
COMMENT ON COLUMN jobs.lease IS 'Whose it is: a step that does not hold it any more commits nothing';
COMMENT ON COLUMN jobs.leased_until IS 'Then another replica takes it over';
COMMENT ON COLUMN jobs.attempts IS 'Times it was taken since its last step';
COMMENT ON COLUMN jobs.resumed_at IS 'When it was last taken; resumed_from is what had been processed by then: the rate counts from there';
COMMENT ON COLUMN jobs.request_digest IS 'SHA-256 of the request that came with idempotency_key';

CREATE TABLE job_refusals (
    job_id uuid   NOT NULL,
    line   bigint NOT NULL,
    field  text   NOT NULL,
    reason text   NOT NULL,
    CONSTRAINT job_refusals_pkey PRIMARY KEY (job_id, line, field),
    CONSTRAINT job_refusals_job_id_fkey FOREIGN KEY (job_id) REFERENCES jobs (id) ON DELETE CASCADE
);

COMMENT ON TABLE job_refusals IS 'What a job did not take and why; holds nothing of the row itself';
