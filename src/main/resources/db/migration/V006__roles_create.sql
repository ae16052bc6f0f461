CREATE TABLE roles (
    id          uuid        NOT NULL,
    name        text        NOT NULL,
    description text        NOT NULL DEFAULT '',
    permissions text[]      NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    version     bigint      NOT NULL DEFAULT 0,
    CONSTRAINT roles_pkey PRIMARY KEY (id),
    CONSTRAINT roles_name_key UNIQUE (name),
    -- role names are joined by commas on the Better Auth wire
    CONSTRAINT roles_name_check CHECK (name ~ '^[a-z][a-z0-9_-]{0,63}$')
);

CREATE TABLE role_grants (
    user_id    uuid        NOT NULL,
    role_id    uuid        NOT NULL,
    granted_by uuid,
    granted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT role_grants_pkey PRIMARY KEY (user_id, role_id),
    CONSTRAINT role_grants_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT role_grants_role_id_fkey FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE,
    CONSTRAINT role_grants_granted_by_fkey FOREIGN KEY (granted_by) REFERENCES users (id) ON DELETE SET NULL
);

CREATE INDEX role_grants_role_id_idx ON role_grants (role_id, user_id);
CREATE INDEX role_grants_granted_by_idx ON role_grants (granted_by);

COMMENT ON COLUMN roles.permissions IS 'Names of platform.security.Permission; ''*'' is all of them';

INSERT INTO roles (id, name, description, permissions) VALUES
    ('01900000-0000-7000-8000-000000000001', 'user', 'What every account has without a grant', '{}'),
    ('01900000-0000-7000-8000-000000000002', 'admin', 'May do everything', '{*}');
