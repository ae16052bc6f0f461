package dev.roster.accounts.jwt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.accounts.betterauth.AuthUser;
import dev.roster.audit.AuditLog;
import dev.roster.platform.crypto.Boxes;
import dev.roster.platform.crypto.SecretBox;
import dev.roster.platform.http.TrustedOrigins;
import dev.roster.testing.AtOnce;
import dev.roster.testing.Database;
import dev.roster.testing.MutableClock;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@QuarkusTest
@DisplayName("Signing keys")
class SigningKeysTest {

    private static final Instant START = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @Inject SecretBox box;
    @Inject AuditLog audit;
    @Inject EntityManager entityManager;
    @Inject ObjectMapper json;
    @Inject TrustedOrigins origins;

    private final MutableClock time = new MutableClock(START);

    private record Settings(SignatureAlgorithm algorithm, Duration rotateEvery, Duration grace)
            implements JwtConfig {

        @Override
        public Duration expiresIn() {
            return Duration.ofMinutes(15);
        }

        @Override
        public Optional<String> issuer() {
            return Optional.of("https://issuer.example");
        }

        @Override
        public Optional<String> audience() {
            return Optional.of("https://audience.example");
        }

        @Override
        public boolean getSessionHeader() {
            return true;
        }
    }

    /** A replica of its own; those of the service itself sign by another algorithm. */
    private SigningKeys replica(SignatureAlgorithm algorithm, int rotateDays) {
        return replica(algorithm, rotateDays, box);
    }

    private SigningKeys replica(SignatureAlgorithm algorithm, int rotateDays, SecretBox own) {
        return new SigningKeys(
                new Settings(algorithm, Duration.ofDays(rotateDays), Duration.ofDays(30)),
                own,
                audit,
                entityManager,
                time);
    }

    private static <T> T in(Supplier<T> call) {
        return QuarkusTransaction.requiringNew().call(call::get);
    }

    private static String current(SigningKeys keys) {
        return in(keys::current).id();
    }

    /** The keys that are published, but for those of the service itself. */
    private static List<String> published(SigningKeys keys) {
        return in(keys::published).stream()
                .filter(jwk -> !jwk.alg().equals("EdDSA"))
                .map(Jwk::kid)
                .toList();
    }

    @AfterEach
    void leaveNoKeys() {
        Database.update("DELETE FROM signing_keys WHERE algorithm <> 'EDDSA'");
    }

    @ParameterizedTest
    @EnumSource(
            value = SignatureAlgorithm.class,
            names = {"RS256", "ES256"})
    @DisplayName("of each algorithm sign what others verify by what is published")
    void algorithms(SignatureAlgorithm algorithm) {
        SigningKeys keys = replica(algorithm, 0);
        Settings settings = new Settings(algorithm, Duration.ZERO, Duration.ofDays(30));
        Tokens tokens = new Tokens(keys, json, settings, origins, time);
        AuthUser user =
                new AuthUser(
                        "Ada",
                        "a@example.com",
                        true,
                        null,
                        START,
                        START,
                        null,
                        null,
                        "user",
                        false,
                        null,
                        null,
                        false,
                        false,
                        "ada");
        for (int i = 0; i < 20; i++) {
            String token = in(() -> tokens.issue(user, null));
            Jwk jwk =
                    in(keys::published).stream()
                            .filter(one -> one.alg().equals(algorithm.headerName()))
                            .findFirst()
                            .orElseThrow();
            assertTrue(Verifying.isSignedBy(json.valueToTree(jwk), token));
            assertEquals(Optional.of("ada"), in(() -> tokens.verify(token)));
            String cut = token.substring(0, token.length() - 1);
            assertEquals(Optional.empty(), in(() -> tokens.verify(cut)));
            time.forward(Duration.ofMinutes(15));
            assertEquals(Optional.empty(), in(() -> tokens.verify(token)), "it is over");
        }
    }

    @Test
    @DisplayName("are made once, however many replicas need the first at once")
    void first() throws InterruptedException {
        List<String> ids = AtOnce.run(6, () -> current(replica(SignatureAlgorithm.ES256, 90)));
        assertEquals(1, new HashSet<>(ids).size());
        assertEquals(
                1L, Database.value("SELECT count(*) FROM signing_keys WHERE algorithm = 'ES256'"));
    }

    @Test
    @DisplayName("take turns: published a day before, and for the grace period after")
    void rotation() throws InterruptedException {
        SigningKeys keys = replica(SignatureAlgorithm.ES256, 10);
        String first = current(keys);
        assertEquals(List.of(first), published(keys));
        time.set(START.plus(Duration.ofDays(9)).minusSeconds(1));
        assertEquals(first, current(keys));
        assertEquals(List.of(first), published(keys));

        time.set(START.plus(Duration.ofDays(9)));
        List<String> ids = AtOnce.run(4, () -> current(replica(SignatureAlgorithm.ES256, 10)));
        assertEquals(List.of(first, first, first, first), ids);
        assertEquals(first, current(keys));
        assertEquals(2, published(keys).size());

        time.set(START.plus(Duration.ofDays(10)));
        String second = current(keys);
        assertNotEquals(first, second);
        assertEquals(List.of(first, second), published(keys));
        assertTrue(in(() -> keys.find(first)).isPresent(), "its tokens go on");

        time.set(START.plus(Duration.ofDays(40)).minusSeconds(1));
        assertTrue(published(keys).contains(first));
        time.set(START.plus(Duration.ofDays(40)));
        assertFalse(published(keys).contains(first));
        assertTrue(in(() -> keys.find(first)).isEmpty());
        ExpiredSigningKeys purge =
                new ExpiredSigningKeys(
                        new Settings(SignatureAlgorithm.ES256, Duration.ZERO, Duration.ofDays(30)));
        assertEquals(1, (int) in(() -> purge.purge(time.instant(), 100)));
    }

    @Test
    @DisplayName("sign for ever where they are not to be rotated")
    void noRotation() {
        SigningKeys keys = replica(SignatureAlgorithm.ES256, 0);
        String first = current(keys);
        time.set(START.plus(Duration.ofDays(10_000)));
        assertEquals(first, current(keys));
    }

    @Test
    @DisplayName(
            "of another replica are found when they are asked for, not before a second is over")
    void another() {
        SigningKeys here = replica(SignatureAlgorithm.ES256, 0);
        current(here);
        String there = current(replica(SignatureAlgorithm.RS256, 0));
        assertTrue(in(() -> here.find(there)).isEmpty());
        time.forward(Duration.ofSeconds(2));
        assertTrue(in(() -> here.find(there)).isPresent());
    }

    @Test
    @DisplayName("that were deleted are forgotten after five minutes")
    void deleted() {
        SigningKeys keys = replica(SignatureAlgorithm.ES256, 0);
        String first = current(keys);
        Database.update("DELETE FROM signing_keys WHERE algorithm = 'ES256'");
        time.forward(Duration.ofMinutes(5).plusSeconds(1));
        assertTrue(in(() -> keys.find(first)).isEmpty());
        assertNotEquals(first, current(keys));
    }

    @Test
    @DisplayName("that no secret opens any more are replaced, and their tokens stay good")
    void unopened() {
        String first = current(replica(SignatureAlgorithm.ES256, 0));
        SigningKeys keys =
                replica(
                        SignatureAlgorithm.ES256,
                        0,
                        Boxes.of("another-secret-0123456789abcdef0123456789"));
        assertNotEquals(first, current(keys));
        assertTrue(in(() -> keys.find(first)).isPresent());
    }
}
