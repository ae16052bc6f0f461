DELETE FROM verifications WHERE subject IS NOT NULL;

ALTER TABLE verifications
    DROP COLUMN subject,
    DROP COLUMN attempts;

COMMENT ON COLUMN verifications.token_digest IS 'SHA-256 of the one-time token; the token itself is never stored';

DELETE FROM flyway_schema_history WHERE version = '010';
