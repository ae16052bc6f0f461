package dev.roster.platform.http;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same of the packaged service, jar or native. */
@QuarkusIntegrationTest
class UnreadBodiesIT extends UnreadBodiesTest {}
