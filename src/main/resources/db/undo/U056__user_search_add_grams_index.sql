DROP INDEX user_search_grams_idx;
DROP INDEX users_folded_name_id_idx;
DROP INDEX groups_folded_name_slug_idx;
DROP INDEX groups_grams_idx;

DELETE FROM flyway_schema_history WHERE version = '056';
