package dev.roster.groups.rest;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same of the packaged service, jar or native. */
@QuarkusIntegrationTest
class GroupsResourceIT extends GroupsResourceTest {}
