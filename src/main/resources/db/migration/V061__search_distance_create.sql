-- The function keeps the operator itself and not its name: requests find it in whatever schema the extension is.
CREATE FUNCTION search_distance(word text, other text) RETURNS real LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN word <-> other;

COMMENT ON FUNCTION search_distance IS 'How few trigrams two words have in common; planned as the operator of pg_trgm, so that the index is used';
