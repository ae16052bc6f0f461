-- An export can be imported: what it says of a user and an import did not take. The previous release leaves these columns null.
ALTER TABLE import_rows
    ADD COLUMN id_given    boolean,
    ADD COLUMN status      text,
    ADD COLUMN banned      boolean,
    ADD COLUMN ban_reason  text,
    ADD COLUMN ban_expires timestamptz;

COMMENT ON COLUMN import_rows.id_given IS 'Whether the file names user_id as the id';
