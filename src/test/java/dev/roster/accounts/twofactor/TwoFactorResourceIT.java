package dev.roster.accounts.twofactor;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same tests against the packaged service. */
@QuarkusIntegrationTest
class TwoFactorResourceIT extends TwoFactorResourceTest {}
