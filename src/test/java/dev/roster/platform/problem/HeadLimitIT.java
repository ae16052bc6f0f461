package dev.roster.platform.problem;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same of the packaged service, jar or native. */
@QuarkusIntegrationTest
class HeadLimitIT extends HeadLimitTest {}
