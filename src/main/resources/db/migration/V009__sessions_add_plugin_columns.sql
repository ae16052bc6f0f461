-- public ids, as the wire shows them: a hot read needs no join, and the reference keeps them too
-- when what they name has gone
ALTER TABLE sessions
    ADD COLUMN impersonated_by        text,
    ADD COLUMN active_organization_id text,
    ADD COLUMN active_team_id         text;

CREATE INDEX sessions_impersonated_by_idx ON sessions (impersonated_by) WHERE impersonated_by IS NOT NULL;
