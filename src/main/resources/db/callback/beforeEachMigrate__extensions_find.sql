-- Somebody may have put pg_trgm into a schema of its own: its operators and operator classes are found there too.
DO $$
BEGIN
    PERFORM set_config('search_path', current_setting('search_path') || ', ' || quote_ident(n.nspname), false)
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname = 'pg_trgm' AND n.nspname <> ALL (current_schemas(true));
END
$$;
