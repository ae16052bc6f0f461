-- whoever has a role of this name already keeps it as it is
INSERT INTO roles (id, name, description, permissions) VALUES
    ('01900000-0000-7000-8000-000000000003', 'support', 'Finds users, sees what is wrong, keeps out who misbehaves',
     '{users:list,users:read,users:ban,sessions:list,sessions:revoke,audit:read,roles:read,groups:read,reports:read}')
ON CONFLICT ON CONSTRAINT roles_name_key DO NOTHING;
