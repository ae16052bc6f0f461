-- the undo of 054, which has the functions of before, writes the rows anew
COMMENT ON COLUMN user_search.text IS NULL;

DELETE FROM flyway_schema_history WHERE version = '055';
