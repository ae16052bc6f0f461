ALTER TABLE sessions
    DROP COLUMN impersonated_by,
    DROP COLUMN active_organization_id,
    DROP COLUMN active_team_id;

DELETE FROM flyway_schema_history WHERE version = '009';
