package dev.roster.users;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same of the packaged service, jar or native. */
@QuarkusIntegrationTest
class UsersResourceIT extends UsersResourceTest {}
