ALTER TABLE groups
    ADD COLUMN parent_id uuid,
    ADD CONSTRAINT groups_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES groups (id) ON DELETE SET NULL,
    ADD CONSTRAINT groups_parent_id_check CHECK (parent_id <> id);

COMMENT ON COLUMN groups.parent_id IS 'The group this one is nested in: who is in this one counts as in that one. No cycles: whoever sets it holds the lock of dev.roster.groups.Groups';
