CREATE OR REPLACE FUNCTION user_search_text(name text, email_key text, username text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$SELECT ' ' || lower(left(name, 200)) || ' ' || left(email_key, 320) || coalesce(' ' || left(username, 100), '')$$;

-- the functions keep the search path that the migration gave them, whatever that of this connection is
SELECT set_config('search_path', substr(setting, length('search_path=') + 1), true)
FROM pg_proc, unnest(proconfig) setting
WHERE oid = 'users_enter_directory'::regproc AND starts_with(setting, 'search_path=');

CREATE OR REPLACE FUNCTION users_enter_directory() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
BEGIN
    INSERT INTO user_activity (user_id) SELECT id FROM changed;
    INSERT INTO user_search (user_id, text, name_key, email_key, username_key)
    SELECT id, user_search_text(name, email_key, username), lower(left(name, 100)), email_key, coalesce(username, '')
    FROM changed WHERE deleted_at IS NULL;
    INSERT INTO search_words (word)
    SELECT DISTINCT w.word
    FROM changed c, user_search_words(user_search_text(c.name, c.email_key, c.username)) w (word)
    WHERE NOT EXISTS (SELECT FROM search_words s WHERE s.word = w.word);
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION users_change_directory() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
BEGIN
    -- most changes of a user are of something else
    IF NOT EXISTS (SELECT FROM changed c JOIN before b ON b.id = c.id
            WHERE (c.name, c.email_key, c.username, c.deleted_at IS NULL)
                IS DISTINCT FROM (b.name, b.email_key, b.username, b.deleted_at IS NULL)) THEN
        RETURN NULL;
    END IF;
    DELETE FROM user_search s USING changed c WHERE s.user_id = c.id AND c.deleted_at IS NOT NULL;
    INSERT INTO user_search AS s (user_id, text, name_key, email_key, username_key)
    SELECT c.id, user_search_text(c.name, c.email_key, c.username), lower(left(c.name, 100)), c.email_key, coalesce(c.username, '')
    FROM changed c WHERE c.deleted_at IS NULL ORDER BY c.id
    ON CONFLICT (user_id) DO UPDATE
        SET text = excluded.text, name_key = excluded.name_key, email_key = excluded.email_key, username_key = excluded.username_key
        WHERE s.text <> excluded.text;
    INSERT INTO search_words (word)
    SELECT DISTINCT w.word
    FROM changed c, user_search_words(user_search_text(c.name, c.email_key, c.username)) w (word)
    WHERE NOT EXISTS (SELECT FROM search_words s WHERE s.word = w.word);
    RETURN NULL;
END
$$;

UPDATE user_search s SET text = user_search_text(u.name, u.email_key, u.username), name_key = lower(left(u.name, 100))
FROM users u
WHERE u.id = s.user_id AND (s.text <> user_search_text(u.name, u.email_key, u.username) OR s.name_key <> lower(left(u.name, 100)));

DROP FUNCTION search_matches(text, text);
DROP FUNCTION search_term(text);
DROP FUNCTION search_grams(text);
DROP FUNCTION search_fold(text);

DELETE FROM flyway_schema_history WHERE version = '054';
