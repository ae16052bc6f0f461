-- What a deletion ends and a restoration gives back, as it was. Of the keys only the references are held to what is there:
-- another membership may have come to be meanwhile.
CREATE TABLE deleted_memberships (
    id          uuid        NOT NULL,
    external_id text,
    group_id    uuid        NOT NULL,
    user_id     uuid        NOT NULL,
    roles       text[]      NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    version     bigint      NOT NULL DEFAULT 0,
    CONSTRAINT deleted_memberships_pkey PRIMARY KEY (id),
    CONSTRAINT deleted_memberships_group_id_fkey FOREIGN KEY (group_id) REFERENCES groups (id) ON DELETE CASCADE,
    CONSTRAINT deleted_memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX deleted_memberships_group_id_idx ON deleted_memberships (group_id);
CREATE INDEX deleted_memberships_user_id_idx ON deleted_memberships (user_id);

COMMENT ON TABLE deleted_memberships IS 'Memberships of deleted users, until they are restored or gone for good';

CREATE TABLE deleted_team_memberships (
    id            uuid        NOT NULL,
    external_id   text,
    team_id       uuid        NOT NULL,
    membership_id uuid        NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    version       bigint      NOT NULL DEFAULT 0,
    CONSTRAINT deleted_team_memberships_pkey PRIMARY KEY (id),
    CONSTRAINT deleted_team_memberships_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE CASCADE,
    CONSTRAINT deleted_team_memberships_membership_id_fkey FOREIGN KEY (membership_id) REFERENCES deleted_memberships (id) ON DELETE CASCADE
);

CREATE INDEX deleted_team_memberships_team_id_idx ON deleted_team_memberships (team_id);
CREATE INDEX deleted_team_memberships_membership_id_idx ON deleted_team_memberships (membership_id);

COMMENT ON TABLE deleted_team_memberships IS 'Places in teams that ended with a membership of deleted_memberships';
