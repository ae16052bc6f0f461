package dev.roster.accounts.signup;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class SignUpResourceIT extends SignUpResourceTest {}
