CREATE TABLE users (
    id               uuid        NOT NULL,
    name             text        NOT NULL,
    email            text        NOT NULL,
    -- addresses are ASCII after NFKC and validation, so "C" lower-cases them the same on every server
    email_key        text        GENERATED ALWAYS AS (lower(email COLLATE "C")) STORED NOT NULL,
    email_verified   boolean     NOT NULL DEFAULT false,
    username         text,
    display_username text,
    image            text,
    banned           boolean     NOT NULL DEFAULT false,
    ban_reason       text,
    ban_expires      timestamptz,
    status           text        NOT NULL DEFAULT 'active',
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    deleted_at       timestamptz,
    version          bigint      NOT NULL DEFAULT 0,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_email_check CHECK (length(email) BETWEEN 3 AND 320),
    CONSTRAINT users_status_check CHECK (status IN ('active', 'invited'))
);

-- an address or user name is free again once its user is deleted
CREATE UNIQUE INDEX users_email_key ON users (email_key) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX users_username_key ON users (username) WHERE deleted_at IS NULL;

COMMENT ON COLUMN users.email IS 'As given, after NFKC; compared through email_key';
COMMENT ON COLUMN users.deleted_at IS 'Soft delete: set means the user can no longer be found or sign in';
