DROP FUNCTION profile_phone_told(uuid);

DELETE FROM flyway_schema_history WHERE version = '053';
