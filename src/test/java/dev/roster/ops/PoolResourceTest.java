package dev.roster.ops;

import static dev.roster.testing.Problems.assertProblem;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.Caller;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("The connection pool")
class PoolResourceTest {

    private static final String POOL = "/api/v1/ops/pool";

    @Inject DataSource pool;

    private static JsonNode read(Caller admin) {
        Response answer = Rest.get(admin, POOL);
        assertEquals(200, answer.statusCode(), answer.asString());
        return Rest.json(answer);
    }

    private static double metric(String name) {
        Matcher line =
                Pattern.compile("(?m)^" + name + "(\\{.*})? (\\S+)$")
                        .matcher(given().get("/q/metrics").asString());
        assertTrue(line.find(), name);
        return Double.parseDouble(line.group(2));
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "not in ten seconds");
            Thread.sleep(5);
        }
    }

    private List<Connection> hold(int number) throws SQLException {
        List<Connection> held = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            held.add(pool.getConnection());
        }
        return held;
    }

    @Nested
    @DisplayName("is closed to")
    class Closed {

        @Test
        @DisplayName("strangers")
        void strangers() {
            assertProblem(401, "unauthenticated", Rest.get(POOL));
        }

        @Test
        @DisplayName("users without the permission")
        void users() {
            assertProblem(403, "forbidden", Rest.get(Caller.signUp(), POOL));
        }
    }

    @Test
    @DisplayName("tells what is open, in use and idle, and for how long it was in use")
    void held() throws Exception {
        Caller admin = Caller.admin();
        JsonNode before = read(admin);
        List<Connection> held = hold(3);
        Thread.sleep(20);
        JsonNode during = read(admin);
        assertEquals(before.get("inUse").asInt() + 3, during.get("inUse").asInt());
        assertEquals(
                during.get("size").asInt(),
                during.get("inUse").asInt() + during.get("idle").asInt());
        assertTrue(during.get("size").asInt() <= during.get("max").asInt());
        assertTrue(during.get("created").asInt() >= during.get("size").asInt());
        assertTrue(during.get("longestHold").asLong() >= 20);
        assertEquals(0, during.get("waiting").asInt());
        assertEquals(during.get("leaks").asDouble(), metric("agroal_leak_detection_count_total"));
        for (Connection connection : held) {
            connection.close();
        }
        JsonNode after = read(admin);
        assertEquals(before.get("inUse"), after.get("inUse"));
        assertTrue(after.get("longestHold").asLong() >= during.get("longestHold").asLong());
        assertTrue(metric("roster_pool_longest_hold_seconds") >= 0.02);
    }

    @Test
    @DisplayName("tells who waits for a connection, and has waited")
    void exhausted() throws Exception {
        Caller admin = Caller.admin();
        JsonNode before = read(admin);
        List<Connection> held = hold(before.get("max").asInt() - before.get("inUse").asInt());
        List<CompletableFuture<Integer>> requests = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            requests.add(
                    CompletableFuture.supplyAsync(
                            () -> Rest.get(admin, "/api/v1/me").statusCode()));
        }
        await(() -> metric("agroal_awaiting_count") == 2);
        assertEquals(before.get("overflow").asDouble(), metric("roster_pool_overflow_total"));
        for (Connection connection : held) {
            connection.close();
        }
        for (CompletableFuture<Integer> request : requests) {
            assertEquals(200, request.get());
        }
        assertTrue(read(admin).get("overflow").asInt() >= before.get("overflow").asInt() + 1);
        assertEquals(0, read(admin).get("waiting").asInt());
    }
}
