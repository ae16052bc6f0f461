-- A start without anything to migrate does not come here.
SELECT database_roles_grant();
