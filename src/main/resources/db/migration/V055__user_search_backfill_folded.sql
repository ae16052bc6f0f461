-- the functions are there already, so that nobody who comes meanwhile is missed
UPDATE user_search s SET text = user_search_text(u.name, u.email_key, u.username), name_key = search_fold(left(u.name, 100))
FROM users u
WHERE u.id = s.user_id
    AND (s.text <> user_search_text(u.name, u.email_key, u.username) OR s.name_key <> search_fold(left(u.name, 100)));

INSERT INTO search_words (word)
SELECT DISTINCT w.word
FROM user_search u, user_search_words(u.text) w (word)
WHERE NOT EXISTS (SELECT FROM search_words s WHERE s.word = w.word);

COMMENT ON COLUMN user_search.text IS 'Name, address and user name, each after a blank, as search_fold gives them';
