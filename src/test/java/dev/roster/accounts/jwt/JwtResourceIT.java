package dev.roster.accounts.jwt;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class JwtResourceIT extends JwtResourceTest {}
