DROP TABLE role_grants;
DROP TABLE roles;

DELETE FROM flyway_schema_history WHERE version = '006';
