package dev.roster.accounts.apikey;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class ApiKeyResourceIT extends ApiKeyResourceTest {}
