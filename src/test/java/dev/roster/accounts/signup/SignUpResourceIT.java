package dev.roster.accounts.signup;

import dev.roster.testing.PackagedService;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
@WithTestResource(PackagedService.class)
class SignUpResourceIT extends SignUpResourceTest {}
