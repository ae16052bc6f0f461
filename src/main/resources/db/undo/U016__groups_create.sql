DROP TABLE invitations;
DROP TABLE team_memberships;
DROP TABLE teams;
DROP TABLE memberships;
DROP TABLE groups;

DELETE FROM flyway_schema_history WHERE version = '016';
