package dev.roster.groups;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same of the packaged service, jar or native. */
@QuarkusIntegrationTest
class OrganizationResourceIT extends OrganizationResourceTest {}
