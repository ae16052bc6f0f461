package dev.roster.platform.problem;

import dev.roster.testing.PackagedService;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same of the packaged service, jar or native. */
@QuarkusIntegrationTest
@WithTestResource(PackagedService.class)
class ProblemsIT extends ProblemsTest {}
