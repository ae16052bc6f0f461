package dev.roster.accounts.email;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class EmailResourceIT extends EmailResourceTest {}
