package dev.roster.platform.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import dev.roster.users.User;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.persistence.OptimisticLockException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("Concurrent changes")
class ConcurrentChangesTest {

    private static final int CALLS = 20;
    private static final String PROFILE = "/api/v1/me/profile";

    private Caller admin;
    private Caller ada;

    @BeforeEach
    void sign() {
        admin = Caller.admin();
        ada = Caller.signUp();
    }

    private static void allSucceed(IntFunction<Response> call) throws InterruptedException {
        List<Response> responses = AtOnce.numbered(CALLS, call);
        for (Response response : responses) {
            assertEquals(200, response.statusCode(), response.asString());
        }
    }

    private static List<Integer> statuses(IntFunction<Response> call) throws InterruptedException {
        return AtOnce.numbered(CALLS, call).stream().map(Response::statusCode).sorted().toList();
    }

    /** One success and the same refusal for every other call. */
    private static List<Integer> oneOf(int success, int refusal) {
        return IntStream.range(0, CALLS)
                .mapToObj(i -> i == 0 ? Math.min(success, refusal) : Math.max(success, refusal))
                .toList();
    }

    private static Response post(Caller caller, String path, Map<String, ?> body) {
        return caller.request().contentType(Rest.JSON).body(body).post(path);
    }

    private static String slug() {
        return "s" + UUID.randomUUID();
    }

    @Nested
    @DisplayName("of the REST API with `If-Match: *`")
    class RestApi {

        @Test
        @DisplayName("of a profile all succeed, and each field keeps its last value")
        void profile() throws InterruptedException {
            List<String> fields = List.of("firstName", "lastName", "bio", "website");
            allSucceed(
                    i ->
                            Rest.patch(
                                    ada,
                                    PROFILE,
                                    "*",
                                    "{\""
                                            + fields.get(i % 4)
                                            + "\":\"https://"
                                            + i
                                            + ".example\"}"));
            Response profile = Rest.get(ada, PROFILE);
            fields.forEach(
                    field ->
                            assertTrue(profile.path(field).toString().endsWith(".example"), field));
        }

        @Test
        @DisplayName("of a profile by an administrator and the user all succeed")
        void profileOfAnother() throws InterruptedException {
            String path = "/api/v1/users/" + ada.id + "/profile";
            allSucceed(
                    i ->
                            Rest.patch(
                                    i % 2 == 0 ? ada : admin,
                                    path,
                                    "*",
                                    "{\"bio\":\"" + i + "\"}"));
        }

        @Test
        @DisplayName("of a user all succeed")
        void user() throws InterruptedException {
            String path = "/api/v1/users/" + ada.id;
            allSucceed(
                    i ->
                            Rest.patch(
                                    i % 2 == 0 ? ada : admin,
                                    path,
                                    "*",
                                    "{\"name\":\"" + i + "\"}"));
        }

        @Test
        @DisplayName("of preferences all succeed; of their creation one, and the others need a tag")
        void preferences() throws InterruptedException {
            String path = "/api/v1/me/preferences/editor";
            assertEquals(oneOf(201, 428), statuses(i -> Rest.put(ada, path, null, "{\"a\":1}")));
            allSucceed(i -> Rest.put(ada, path, "*", "{\"a\":" + i + "}"));
        }

        @Test
        @DisplayName("of a user's roles all succeed")
        void roles() throws InterruptedException {
            String path = "/api/v1/users/" + ada.id + "/roles";
            allSucceed(
                    i ->
                            Rest.put(
                                    admin,
                                    path,
                                    "*",
                                    "{\"roles\":[\"" + (i % 2 == 0 ? "user" : "support") + "\"]}"));
        }

        @Test
        @DisplayName("of a role all succeed; of its creation one")
        void role() throws InterruptedException {
            String name = "r" + UUID.randomUUID().toString().substring(0, 8);
            assertEquals(
                    oneOf(201, 409),
                    statuses(
                            i ->
                                    post(
                                            admin,
                                            "/api/v1/roles",
                                            Map.of("name", name, "permissions", List.of()))));
            allSucceed(
                    i ->
                            Rest.patch(
                                    admin,
                                    "/api/v1/roles/" + name,
                                    "*",
                                    "{\"description\":\"" + i + "\"}"));
        }

        @Test
        @DisplayName("of a group and a member all succeed; of the member's creation one")
        void group() throws InterruptedException {
            String id =
                    post(admin, "/api/v1/groups", Map.of("name", "Acme", "slug", slug()))
                            .path("id");
            String path = "/api/v1/groups/" + id;
            allSucceed(i -> Rest.patch(admin, path, "*", "{\"name\":\"" + i + "\"}"));
            String member = path + "/members/" + ada.id;
            String body = "{\"roles\":[\"%s\"]}";
            assertEquals(
                    oneOf(201, 428),
                    statuses(i -> Rest.put(admin, member, null, body.formatted("member"))));
            allSucceed(
                    i ->
                            Rest.put(
                                    admin,
                                    member,
                                    "*",
                                    body.formatted(i % 2 == 0 ? "admin" : "member")));
        }

        @Test
        @DisplayName("of an API key by its owner and an administrator all succeed")
        void apiKey() throws InterruptedException {
            String key = post(ada, "/api/auth/api-key/create", Map.of("name", "ci")).path("id");
            String path = "/api/v1/users/" + ada.id + "/api-keys/" + key;
            allSucceed(
                    i ->
                            i % 2 == 0
                                    ? post(
                                            ada,
                                            "/api/auth/api-key/update",
                                            Map.of("keyId", key, "name", "ci" + i))
                                    : Rest.patch(
                                            admin, path, "*", "{\"remaining\":" + (i + 1) + "}"));
        }
    }

    @Nested
    @DisplayName("of the Better Auth API")
    class BetterAuthApi {

        @Test
        @DisplayName("of a user by itself and an administrator all succeed")
        void user() throws InterruptedException {
            String id = ada.id.toString();
            allSucceed(
                    i ->
                            switch (i % 4) {
                                case 0 ->
                                        post(ada, "/api/auth/update-user", Map.of("name", "a" + i));
                                case 1 ->
                                        post(
                                                admin,
                                                "/api/auth/admin/update-user",
                                                Map.of(
                                                        "userId",
                                                        id,
                                                        "data",
                                                        Map.of("name", "b" + i)));
                                case 2 ->
                                        post(
                                                admin,
                                                "/api/auth/admin/set-role",
                                                Map.of("userId", id, "role", "user"));
                                default -> Rest.patch(ada, PROFILE, "*", "{\"bio\":\"" + i + "\"}");
                            });
        }

        @Test
        @DisplayName("of bans all succeed")
        void bans() throws InterruptedException {
            allSucceed(
                    i ->
                            post(
                                    admin,
                                    "/api/auth/admin/" + (i % 2 == 0 ? "ban-user" : "unban-user"),
                                    Map.of("userId", ada.id.toString())));
        }

        @Test
        @DisplayName("of an organization, a member's role and a team all succeed")
        void organization() throws InterruptedException {
            Response made =
                    post(
                            ada,
                            "/api/auth/organization/create",
                            Map.of("name", "Acme", "slug", slug()));
            String id = made.path("id");
            String member = made.path("members[0].id");
            String team =
                    post(
                                    ada,
                                    "/api/auth/organization/create-team",
                                    Map.of("name", "Core", "organizationId", id))
                            .path("id");
            allSucceed(
                    i ->
                            switch (i % 3) {
                                case 0 ->
                                        post(
                                                ada,
                                                "/api/auth/organization/update",
                                                Map.of(
                                                        "organizationId",
                                                        id,
                                                        "data",
                                                        Map.of("name", "Acme " + i)));
                                case 1 ->
                                        post(
                                                ada,
                                                "/api/auth/organization/update-team",
                                                Map.of(
                                                        "teamId",
                                                        team,
                                                        "data",
                                                        Map.of(
                                                                "name",
                                                                "Core " + i,
                                                                "organizationId",
                                                                id)));
                                default ->
                                        post(
                                                ada,
                                                "/api/auth/organization/update-member-role",
                                                Map.of(
                                                        "organizationId",
                                                        id,
                                                        "memberId",
                                                        member,
                                                        "role",
                                                        List.of(
                                                                "owner",
                                                                i % 2 == 0 ? "admin" : "member")));
                            });
        }

        @Test
        @DisplayName("of sign-ups with one address one succeeds and the others name the reason")
        void signUps() throws InterruptedException {
            String email = Caller.newEmail();
            assertEquals(oneOf(200, 422), statuses(i -> Caller.signUp(email)));
        }

        @Test
        @DisplayName("of a user name one succeeds and the others name the reason")
        void usernames() throws InterruptedException {
            String name = "u" + UUID.randomUUID().toString().substring(0, 8);
            List<Caller> callers = IntStream.range(0, 5).mapToObj(i -> Caller.signUp()).toList();
            List<Integer> statuses =
                    AtOnce.numbered(
                                    5,
                                    i ->
                                            post(
                                                            callers.get(i),
                                                            "/api/auth/update-user",
                                                            Map.of("username", name))
                                                    .statusCode())
                            .stream()
                            .sorted()
                            .toList();
            assertEquals(List.of(200, 400, 400, 400, 400), statuses);
        }
    }

    @Test
    @DisplayName("that deadlock are repeated until each is stored")
    void deadlock() throws InterruptedException {
        CyclicBarrier bothHoldOne = new CyclicBarrier(2);
        AtomicInteger attempts = new AtomicInteger();
        AtOnce.numbered(
                2,
                i -> {
                    AtomicInteger ofThis = new AtomicInteger();
                    Transactions.requiringNew()
                            .run(
                                    () -> {
                                        attempts.incrementAndGet();
                                        User.lock(i == 0 ? ada.id : admin.id).orElseThrow();
                                        if (ofThis.incrementAndGet() == 1) {
                                            await(bothHoldOne);
                                        }
                                        User.lock(i == 0 ? admin.id : ada.id).orElseThrow().name =
                                                "Changed";
                                    });
                    return null;
                });
        assertEquals(3, attempts.get());
        assertEquals(
                2L,
                Database.value(
                        "SELECT count(*) FROM users WHERE name = 'Changed' AND id IN (?, ?)",
                        ada.id,
                        admin.id));
    }

    @Test
    @DisplayName("that never succeed end with the failure, and any other failure is not repeated")
    void inVain() {
        AtomicInteger attempts = new AtomicInteger();
        assertThrows(
                OptimisticLockException.class,
                () ->
                        Transactions.requiringNew()
                                .run(
                                        () -> {
                                            attempts.incrementAndGet();
                                            throw new OptimisticLockException();
                                        }));
        assertTrue(attempts.get() > 20);
        attempts.set(0);
        assertThrows(
                IllegalStateException.class,
                () ->
                        Transactions.requiringNew()
                                .run(
                                        () -> {
                                            attempts.incrementAndGet();
                                            throw new IllegalStateException();
                                        }));
        assertEquals(1, attempts.get());
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
