-- Tokens signed by these keys stop being good.
DROP TABLE signing_keys;

DELETE FROM flyway_schema_history WHERE version = '013';
