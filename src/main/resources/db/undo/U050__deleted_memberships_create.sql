DROP TABLE deleted_team_memberships;
DROP TABLE deleted_memberships;

DELETE FROM flyway_schema_history WHERE version = '050';
