ALTER TABLE idempotency_keys ADD COLUMN resource_id uuid;

COMMENT ON COLUMN idempotency_keys.resource_id IS 'What the answer says was created, where it is one thing: when a person is erased, the answer is emptied';
