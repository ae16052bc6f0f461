CREATE TABLE groups (
    id          uuid        NOT NULL,
    external_id text,
    name        text        NOT NULL,
    slug        text        NOT NULL,
    logo        text,
    metadata    jsonb,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    version     bigint      NOT NULL DEFAULT 0,
    CONSTRAINT groups_pkey PRIMARY KEY (id),
    CONSTRAINT groups_slug_key UNIQUE (slug)
);

CREATE UNIQUE INDEX groups_external_id_key ON groups (external_id) WHERE external_id IS NOT NULL;

COMMENT ON TABLE groups IS 'What Better Auth calls organizations';
COMMENT ON COLUMN groups.slug IS 'Compared as it is, letter case included';

CREATE TABLE memberships (
    id          uuid        NOT NULL,
    external_id text,
    group_id    uuid        NOT NULL,
    user_id     uuid        NOT NULL,
    roles       text[]      NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    version     bigint      NOT NULL DEFAULT 0,
    CONSTRAINT memberships_pkey PRIMARY KEY (id),
    CONSTRAINT memberships_group_id_fkey FOREIGN KEY (group_id) REFERENCES groups (id) ON DELETE CASCADE,
    CONSTRAINT memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT memberships_group_id_user_id_key UNIQUE (group_id, user_id)
);

CREATE UNIQUE INDEX memberships_external_id_key ON memberships (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX memberships_user_id_idx ON memberships (user_id);

COMMENT ON COLUMN memberships.roles IS 'Of owner, admin and member; a name that is none of them permits nothing';

CREATE TABLE teams (
    id          uuid        NOT NULL,
    external_id text,
    group_id    uuid        NOT NULL,
    name        text        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    version     bigint      NOT NULL DEFAULT 0,
    CONSTRAINT teams_pkey PRIMARY KEY (id),
    CONSTRAINT teams_group_id_fkey FOREIGN KEY (group_id) REFERENCES groups (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX teams_external_id_key ON teams (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX teams_group_id_idx ON teams (group_id);

CREATE TABLE team_memberships (
    id            uuid        NOT NULL,
    external_id   text,
    team_id       uuid        NOT NULL,
    membership_id uuid        NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    version       bigint      NOT NULL DEFAULT 0,
    CONSTRAINT team_memberships_pkey PRIMARY KEY (id),
    CONSTRAINT team_memberships_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE CASCADE,
    CONSTRAINT team_memberships_membership_id_fkey FOREIGN KEY (membership_id) REFERENCES memberships (id) ON DELETE CASCADE,
    CONSTRAINT team_memberships_team_id_membership_id_key UNIQUE (team_id, membership_id)
);

CREATE UNIQUE INDEX team_memberships_external_id_key ON team_memberships (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX team_memberships_membership_id_idx ON team_memberships (membership_id);

COMMENT ON COLUMN team_memberships.membership_id IS 'Who leaves the group leaves its teams';

CREATE TABLE invitations (
    id          uuid        NOT NULL,
    external_id text,
    group_id    uuid        NOT NULL,
    inviter_id  uuid        NOT NULL,
    email       text        NOT NULL,
    -- as users.email_key
    email_key   text        GENERATED ALWAYS AS (lower(email COLLATE "C")) STORED NOT NULL,
    roles       text[]      NOT NULL,
    team_ids    text[]      NOT NULL DEFAULT '{}',
    status      text        NOT NULL DEFAULT 'pending',
    expires_at  timestamptz NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    version     bigint      NOT NULL DEFAULT 0,
    CONSTRAINT invitations_pkey PRIMARY KEY (id),
    CONSTRAINT invitations_group_id_fkey FOREIGN KEY (group_id) REFERENCES groups (id) ON DELETE CASCADE,
    CONSTRAINT invitations_inviter_id_fkey FOREIGN KEY (inviter_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT invitations_status_check CHECK (status IN ('pending', 'accepted', 'rejected', 'canceled'))
);

CREATE UNIQUE INDEX invitations_external_id_key ON invitations (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX invitations_group_id_idx ON invitations (group_id);
CREATE INDEX invitations_inviter_id_idx ON invitations (inviter_id);
CREATE INDEX invitations_email_idx ON invitations (email_key);
CREATE INDEX invitations_expires_at_idx ON invitations (expires_at);

COMMENT ON COLUMN invitations.team_ids IS 'Public ids of the teams to join, as the Better Auth dialect shows them; they can have ceased to be';
