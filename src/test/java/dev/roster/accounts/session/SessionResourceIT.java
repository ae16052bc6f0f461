package dev.roster.accounts.session;

import dev.roster.testing.PackagedService;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
@WithTestResource(PackagedService.class)
class SessionResourceIT extends SessionResourceTest {}
