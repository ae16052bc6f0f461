-- What the directory finds users by and no row of theirs holds. Kept by triggers, so that whoever
-- writes a user, a profile or a session keeps it too, COPY included.

-- not in users: a sign-in would touch each of its indexes
CREATE TABLE user_activity (
    user_id      uuid        NOT NULL,
    last_seen_at timestamptz NOT NULL DEFAULT '-infinity',
    CONSTRAINT user_activity_pkey PRIMARY KEY (user_id),
    CONSTRAINT user_activity_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX user_activity_last_seen_at_user_id_idx ON user_activity (last_seen_at, user_id);

COMMENT ON COLUMN user_activity.last_seen_at IS 'Last sign-in or renewal of a session; -infinity for never, so that it sorts and compares like any other';

CREATE TABLE user_attributes (
    user_id uuid NOT NULL,
    name    text NOT NULL,
    value   text NOT NULL,
    CONSTRAINT user_attributes_pkey PRIMARY KEY (name, value, user_id),
    CONSTRAINT user_attributes_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_profiles (user_id) ON DELETE CASCADE
);

CREATE INDEX user_attributes_user_id_idx ON user_attributes (user_id);

COMMENT ON TABLE user_attributes IS 'The strings, numbers and booleans in user_profiles.attributes, to find users by';

CREATE FUNCTION user_search_text(name text, email_key text, username text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$SELECT ' ' || lower(left(name, 200)) || ' ' || left(email_key, 320) || coalesce(' ' || left(username, 100), '')$$;

COMMENT ON FUNCTION user_search_text IS 'Each part after a blank, so that its beginning can be found';

-- narrow, and in its key's index as a whole: where many users match, they are read in order from
-- there; where few do, by their trigrams
CREATE TABLE user_search (
    user_id      uuid NOT NULL,
    text         text NOT NULL,
    name_key     text NOT NULL,
    email_key    text NOT NULL,
    username_key text NOT NULL,
    CONSTRAINT user_search_pkey PRIMARY KEY (user_id) INCLUDE (text),
    CONSTRAINT user_search_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

-- which of the two is quicker the planner sees by how many of these match
ALTER TABLE user_search ALTER COLUMN text SET STATISTICS 1000;

COMMENT ON TABLE user_search IS 'What users who are not deleted are searched by, and what those who were found are sorted by';

CREATE TABLE search_words (
    word text NOT NULL
);

-- not unique: two sign-ups at once would wait for each other, or deadlock
CREATE INDEX search_words_word_idx ON search_words (word);
CREATE INDEX search_words_word_similar_idx ON search_words USING gist (word gist_trgm_ops (siglen = 64));

COMMENT ON TABLE search_words IS 'The words that users are searched by, to find what a misspelt one may have meant; a word can be there twice, or have no user any more';

CREATE FUNCTION user_search_words(text text) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 6 AS
$$
    SELECT word FROM regexp_split_to_table(text, '[\x01-\x60\x7b-\x7f]+') word WHERE length(word) BETWEEN 3 AND 32
$$;

CREATE FUNCTION users_enter_directory() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS
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

CREATE FUNCTION users_change_directory() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS
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

CREATE TRIGGER users_insert_directory AFTER INSERT ON users
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION users_enter_directory();
CREATE TRIGGER users_update_directory AFTER UPDATE ON users
    REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION users_change_directory();

CREATE FUNCTION sessions_note_activity() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
BEGIN
    INSERT INTO user_activity AS a (user_id, last_seen_at)
    SELECT user_id, max(updated_at) FROM changed WHERE impersonated_by IS NULL GROUP BY user_id ORDER BY user_id
    ON CONFLICT (user_id) DO UPDATE SET last_seen_at = excluded.last_seen_at
        WHERE a.last_seen_at < excluded.last_seen_at;
    RETURN NULL;
END
$$;

CREATE TRIGGER sessions_insert_activity AFTER INSERT ON sessions
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION sessions_note_activity();
CREATE TRIGGER sessions_update_activity AFTER UPDATE ON sessions
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION sessions_note_activity();

CREATE FUNCTION user_profiles_note_attributes() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM user_attributes a USING changed n, before o
        WHERE a.user_id = o.user_id AND n.user_id = o.user_id AND n.attributes <> o.attributes;
        INSERT INTO user_attributes (user_id, name, value)
        SELECT n.user_id, s.name, s.value
        FROM changed n JOIN before o ON o.user_id = n.user_id AND o.attributes <> n.attributes,
            user_attribute_values(n.attributes) s;
    ELSE
        INSERT INTO user_attributes (user_id, name, value)
        SELECT n.user_id, s.name, s.value FROM changed n, user_attribute_values(n.attributes) s;
    END IF;
    RETURN NULL;
END
$$;

-- a number is told from another by its value, not by its zeros
CREATE FUNCTION user_attribute_values(attributes jsonb) RETURNS TABLE (name text, value text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 4 AS
$$
    SELECT key, CASE jsonb_typeof(value) WHEN 'number' THEN trim_scale((value #>> '{}')::numeric)::text ELSE value #>> '{}' END
    FROM jsonb_each(attributes)
    WHERE jsonb_typeof(value) IN ('string', 'number', 'boolean')
        AND length(key) <= 200 AND length(value #>> '{}') <= 200
$$;

CREATE TRIGGER user_profiles_insert_attributes AFTER INSERT ON user_profiles
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION user_profiles_note_attributes();
CREATE TRIGGER user_profiles_update_attributes AFTER UPDATE ON user_profiles
    REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION user_profiles_note_attributes();
