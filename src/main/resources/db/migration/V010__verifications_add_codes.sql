ALTER TABLE verifications
    ADD COLUMN subject  text,
    ADD COLUMN attempts integer NOT NULL DEFAULT 0;

-- one code at a time for each purpose and address
CREATE UNIQUE INDEX verifications_purpose_subject_key ON verifications (purpose, subject) WHERE subject IS NOT NULL;

COMMENT ON COLUMN verifications.token_digest IS 'SHA-256 of the one-time token, or of a short code the HMAC by ROSTER_SECRET; neither is ever stored';
