DROP FUNCTION search_distance(text, text);

DELETE FROM flyway_schema_history WHERE version = '061';
