-- the triggers are there already, so that nobody who comes meanwhile is missed
INSERT INTO user_activity AS a (user_id, last_seen_at)
SELECT u.id, coalesce((SELECT max(s.updated_at) FROM sessions s WHERE s.user_id = u.id AND s.impersonated_by IS NULL), '-infinity')
FROM users u
FOR KEY SHARE OF u
ON CONFLICT (user_id) DO UPDATE SET last_seen_at = excluded.last_seen_at WHERE a.last_seen_at < excluded.last_seen_at;

INSERT INTO user_search (user_id, text, name_key, email_key, username_key)
SELECT u.id, user_search_text(u.name, u.email_key, u.username), lower(left(u.name, 100)), u.email_key, coalesce(u.username, '')
FROM users u
WHERE u.deleted_at IS NULL
FOR KEY SHARE OF u
ON CONFLICT DO NOTHING;

INSERT INTO user_attributes (user_id, name, value)
SELECT p.user_id, s.name, s.value
FROM user_profiles p, user_attribute_values(p.attributes) s
WHERE p.attributes <> '{}'
FOR NO KEY UPDATE OF p
ON CONFLICT DO NOTHING;

INSERT INTO search_words (word)
SELECT DISTINCT w.word
FROM user_search u, user_search_words(u.text) w (word)
WHERE NOT EXISTS (SELECT FROM search_words s WHERE s.word = w.word);

ANALYZE user_activity, user_search, user_attributes, search_words;

-- who was deleted while this ran
DELETE FROM user_search s USING users u WHERE u.id = s.user_id AND u.deleted_at IS NOT NULL;

COMMENT ON TABLE user_activity IS 'A row for each user';
