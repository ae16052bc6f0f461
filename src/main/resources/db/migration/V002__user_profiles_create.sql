CREATE TABLE user_profiles (
    user_id     uuid        NOT NULL,
    first_name  text,
    last_name   text,
    full_name   text        GENERATED ALWAYS AS (nullif(btrim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), '')) STORED,
    bio         text,
    birth_date  date,
    phone       bytea,
    locale      text,
    timezone    text,
    website     text,
    preferences jsonb       NOT NULL DEFAULT '{}',
    attributes  jsonb       NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    version     bigint      NOT NULL DEFAULT 0,
    CONSTRAINT user_profiles_pkey PRIMARY KEY (user_id),
    CONSTRAINT user_profiles_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT user_profiles_preferences_check CHECK (jsonb_typeof(preferences) = 'object'),
    CONSTRAINT user_profiles_attributes_check CHECK (jsonb_typeof(attributes) = 'object')
);

COMMENT ON COLUMN user_profiles.phone IS 'E.164 number, AES-256-GCM with a key id in front; bound to the row by its user id';
COMMENT ON COLUMN user_profiles.preferences IS 'One JSON object for each namespace';
