-- no foreign key to jobs: it would be checked for every row of a COPY
CREATE TABLE import_rows (
    job_id           uuid    NOT NULL,
    number           bigint  NOT NULL,
    line             bigint  NOT NULL,
    faults           jsonb,
    user_id          uuid,
    external_id      text,
    name             text,
    email            text,
    email_verified   boolean,
    username         text,
    display_username text,
    image            text,
    created_at       timestamptz,
    password_hash    text,
    credential_id    uuid,
    roles            text[],
    groups           text[],
    membership_ids   uuid[],
    profile          boolean,
    first_name       text,
    last_name        text,
    bio              text,
    birth_date       date,
    phone            bytea,
    locale           text,
    timezone         text,
    website          text,
    attributes       jsonb,
    CONSTRAINT import_rows_pkey PRIMARY KEY (job_id, number)
);

COMMENT ON TABLE import_rows IS 'Users on their way in: filled by COPY, merged in steps, emptied when the job ends';
COMMENT ON COLUMN import_rows.number IS 'From 1 without a gap, so that a step is a range of known size';
COMMENT ON COLUMN import_rows.line IS 'Where the row begins in its file';
COMMENT ON COLUMN import_rows.faults IS 'What is wrong with the row, [{"field", "reason"}]; null where nothing is';
COMMENT ON COLUMN import_rows.user_id IS 'The key that the user gets';
COMMENT ON COLUMN import_rows.profile IS 'Whether anything of the profile was told';
