package dev.roster.access;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same of the packaged service, jar or native. */
@QuarkusIntegrationTest
class RolesResourceIT extends RolesResourceTest {}
