package dev.roster.directory.apikeys;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same of the packaged service, jar or native. */
@QuarkusIntegrationTest
class UserApiKeysResourceIT extends UserApiKeysResourceTest {}
