CREATE TABLE user_statistics (
    report  text        NOT NULL,
    figures jsonb       NOT NULL,
    as_of   timestamptz NOT NULL,
    CONSTRAINT user_statistics_pkey PRIMARY KEY (report),
    CONSTRAINT user_statistics_figures_check CHECK (jsonb_typeof(figures) = 'array')
);

COMMENT ON TABLE user_statistics IS 'What would take a look at every user, counted now and then by one replica';
COMMENT ON COLUMN user_statistics.figures IS 'The rows of the report, as objects';
