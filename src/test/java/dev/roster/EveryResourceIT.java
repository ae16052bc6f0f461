package dev.roster;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same of the packaged service, jar or native: there too every operation is called. */
@QuarkusIntegrationTest
class EveryResourceIT extends AuthorisationTest {}
