package dev.roster.ops;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same of the packaged service, jar or native. */
@QuarkusIntegrationTest
class OpenApiIT extends OpenApiTest {}
