-- trusted since PostgreSQL 13: whoever may create in the database may have it
CREATE EXTENSION IF NOT EXISTS pg_trgm;
