package dev.roster.directory.search;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same of the packaged service, jar or native. */
@QuarkusIntegrationTest
class UserListResourceIT extends UserListResourceTest {}
