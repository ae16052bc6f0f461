DROP TABLE job_refusals;

DROP TABLE jobs;

DELETE FROM flyway_schema_history WHERE version = '031';
