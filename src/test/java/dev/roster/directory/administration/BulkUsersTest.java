package dev.roster.directory.administration;

import static dev.roster.testing.Problems.assertInvalid;
import static dev.roster.testing.Problems.assertProblem;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Device;
import dev.roster.testing.MailedLinks;
import dev.roster.testing.Mails;
import dev.roster.testing.Rest;
import dev.roster.testing.Statements;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("/api/v1/users/bulk")
class BulkUsersTest {

    private static final String BULK = "/api/v1/users/bulk";

    private Caller admin;

    /** In every address of a test. */
    private String mark;

    @BeforeEach
    void enter() {
        admin = Caller.admin();
        mark = "m" + UUID.randomUUID().toString().replace("-", "");
    }

    private static Response post(Caller caller, String body) {
        return Rest.body(caller.request(), Rest.JSON, body).post(BULK);
    }

    private static Response patch(Caller caller, String body) {
        return Rest.body(caller.request(), Rest.JSON, body).patch(BULK);
    }

    private static Response delete(Caller caller, String body) {
        return Rest.body(caller.request(), Rest.JSON, body).delete(BULK);
    }

    private String email(int i) {
        return mark + "-" + i + "@example.com";
    }

    private String user(int i, String more) {
        return "{\"name\":\"User "
                + i
                + "\",\"email\":\""
                + email(i)
                + "\",\"sendLink\":false"
                + more
                + "}";
    }

    private String users(int count, IntFunction<String> more) {
        return IntStream.range(0, count)
                .mapToObj(i -> user(i, more.apply(i)))
                .collect(Collectors.joining(",", "{\"users\":[", "]"));
    }

    private long made() {
        return (Long) Database.value("SELECT count(*) FROM users WHERE email LIKE ?", mark + "-%");
    }

    /** Users of this test's own, made past the service. */
    private List<UUID> some(int count) {
        Database.update(
                "INSERT INTO users (id, name, email) SELECT gen_random_uuid(), 'Some', ? || '-' ||"
                        + " n || '@example.com' FROM generate_series(1, ?) n",
                mark + "-s",
                count);
        return Database.query("SELECT id FROM users WHERE email LIKE ? ORDER BY id", mark + "-s-%")
                .stream()
                .map(row -> (UUID) row.get("id"))
                .toList();
    }

    @Test
    @DisplayName("leaves alone whom the filter means no longer once they are locked")
    void changedMeanwhile() {
        List<UUID> some = some(2);
        Response answer =
                AtOnce.meanwhile(
                        () ->
                                delete(
                                        admin,
                                        "{\"filter\":{\"q\":\"%s\",\"emailVerified\":\"false\"}}"
                                                .formatted(mark)),
                        "UPDATE users SET email_verified = true WHERE id = ?",
                        some.get(0));
        assertEquals(200, answer.statusCode(), answer.asString());
        assertEquals(
                List.of(some.get(1)),
                Database.query(
                                "SELECT id FROM users WHERE email LIKE ? AND deleted_at IS NOT"
                                        + " NULL",
                                mark + "-s-%")
                        .stream()
                        .map(row -> row.get("id"))
                        .toList());
    }

    @Test
    @DisplayName("looks for no attributes that the caller does not see")
    void hiddenAttributes() {
        Caller cleaner = Callers.with("users:delete", "users:list");
        String body = "{\"dryRun\":true,\"filter\":{\"attributes.%s\":\"1\"}}";
        assertProblem(403, "forbidden", delete(cleaner, body.formatted("riskScore")));
        assertEquals(200, delete(cleaner, body.formatted("department")).statusCode());
        assertEquals(200, delete(admin, body.formatted("riskScore")).statusCode());
    }

    private static String ids(List<UUID> ids) {
        return ids.stream()
                .map(id -> "\"" + id + "\"")
                .collect(Collectors.joining(",", "{\"ids\":[", "]"));
    }

    private static long events(String action, List<UUID> targets) {
        return (Long)
                Database.value(
                        "SELECT count(*) FROM audit_events WHERE action = ? AND target_id = ANY (?)",
                        action,
                        targets.toArray(new UUID[0]));
    }

    @Test
    @DisplayName("is for those with the permission alone")
    void permissions() {
        List<UUID> ids = some(2);
        String create = users(1, i -> "") + "}";
        String change = ids(ids) + ",\"patch\":{\"name\":\"x\"}}";
        String remove = ids(ids) + "}";
        RequestSpecification stranger = given();
        assertProblem(401, "unauthenticated", Rest.body(given(), Rest.JSON, create).post(BULK));
        assertProblem(401, "unauthenticated", Rest.body(given(), Rest.JSON, change).patch(BULK));
        assertProblem(401, "unauthenticated", Rest.body(stranger, Rest.JSON, remove).delete(BULK));
        Caller[] without = {
            Caller.signUp(),
            Callers.support(),
            Callers.with("users:list", "users:read", "users:ban", "users:import")
        };
        for (Caller caller : without) {
            assertProblem(403, "forbidden", post(caller, create));
            assertProblem(403, "forbidden", patch(caller, change));
            assertProblem(403, "forbidden", delete(caller, remove));
        }
        assertEquals(2, made());
        assertEquals(
                2L,
                Database.value(
                        "SELECT count(*) FROM users WHERE id = ANY (?) AND name = 'Some' AND"
                                + " deleted_at IS NULL",
                        (Object) ids.toArray(new UUID[0])));
        assertEquals(200, post(Callers.with("users:create"), create).statusCode());
        assertEquals(200, patch(Callers.with("users:update"), change).statusCode());
        assertEquals(200, delete(Callers.with("users:delete"), remove).statusCode());
    }

    @Nested
    @DisplayName("makes users")
    class Creating {

        @Test
        @DisplayName("with all that they are told to be, in the order asked for")
        void everything() {
            Response answer =
                    post(
                            admin,
                            users(
                                            3,
                                            i ->
                                                    ",\"emailVerified\":true,\"username\":\""
                                                            + mark.substring(0, 20)
                                                            + "_"
                                                            + i
                                                            + "\",\"roles\":[\"support\",\"user\"],\"profile\":{\"firstName\":\"F"
                                                            + i
                                                            + "\",\"phone\":\"+4420794600"
                                                            + (10 + i)
                                                            + "\",\"birthDate\":\"1815-12-10\"},\"attributes\":{\"department\":\"D"
                                                            + i
                                                            + "\",\"shoeSize\":null}")
                                    + "}");
            assertEquals(200, answer.statusCode(), answer.asString());
            JsonNode result = Rest.json(answer);
            assertEquals(3, result.get("created").asInt());
            assertEquals(0, result.get("refused").asInt());
            for (int i = 0; i < 3; i++) {
                JsonNode item = result.get("results").get(i);
                assertEquals(i, item.get("index").asInt());
                assertEquals("created", item.get("status").asText());
                String path = "/api/v1/users/" + item.get("id").asText();
                JsonNode user = Rest.json(Rest.get(admin, path));
                assertEquals(email(i), user.get("email").asText());
                assertTrue(user.get("emailVerified").asBoolean());
                assertEquals(mark.substring(0, 20) + "_" + i, user.get("username").asText());
                assertEquals("[\"support\"]", user.get("roles").toString());
                JsonNode profile = Rest.json(Rest.get(admin, path + "/profile"));
                assertEquals("F" + i, profile.get("firstName").asText());
                assertEquals("+44207946001" + i, profile.get("phone").asText());
                assertEquals("1815-12-10", profile.get("birthDate").asText());
                assertEquals(
                        Rest.json("{\"department\":\"D" + i + "\"}"),
                        Rest.json(Rest.get(admin, path + "/attributes")));
                // the profile can be changed as any other
                assertEquals(
                        200,
                        Rest.patch(
                                        admin,
                                        path + "/profile",
                                        Rest.tag(admin, path + "/profile"),
                                        "{\"bio\":\"x\"}")
                                .statusCode());
                UUID id = UUID.fromString(item.get("id").asText());
                assertEquals(1, events("user.created", List.of(id)));
                assertEquals(1, events("roles.changed", List.of(id)));
            }
        }

        @Test
        @DisplayName("and mails each a link of its own, in its language, good once")
        void invites() {
            String body =
                    "{\"users\":["
                            + IntStream.range(0, 3)
                                    .mapToObj(
                                            i ->
                                                    "{\"name\":\"U\",\"email\":\""
                                                            + email(i)
                                                            + "\",\"profile\":{\"locale\":\"de\"}}")
                                    .collect(Collectors.joining(","))
                            + "]}";
            assertEquals(200, post(admin, body).statusCode());
            List<String> tokens = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Mails.Mail mail = Mails.last("SET_PASSWORD", email(i));
                assertEquals("de", mail.locale());
                String target = MailedLinks.follow(mail.value("url")).header("Location");
                tokens.add(MailedLinks.parameter(target, "token"));
            }
            assertEquals(3, tokens.stream().distinct().count());
            String body2 =
                    "{\"token\":\"" + tokens.get(1) + "\",\"newPassword\":\"a-new-password\"}";
            assertEquals(
                    200,
                    Rest.body(given(), Rest.JSON, body2)
                            .post("/api/auth/reset-password")
                            .statusCode());
            assertEquals(200, Caller.signIn(email(1), "a-new-password").statusCode());
            assertEquals(401, Caller.signIn(email(0), "a-new-password").statusCode());
            assertEquals(
                    List.of("invited", "active", "invited"),
                    IntStream.range(0, 3)
                            .mapToObj(
                                    i ->
                                            Database.value(
                                                    "SELECT status FROM users WHERE email = ?",
                                                    email(i)))
                            .toList());
        }

        @Test
        @DisplayName("all or none, and says of each one at fault where and why")
        void atomic() {
            String body =
                    "{\"users\":["
                            + user(0, "")
                            + ","
                            + user(1, ",\"username\":\"a\"")
                            + ","
                            + user(2, ",\"nosuch\":1")
                            + ","
                            + user(3, ",\"profile\":{\"birthDate\":\"2999-01-01\"}")
                            + ",{\"name\":\"\",\"email\":\"x\",\"roles\":[\"nosuch\"]}"
                            + ","
                            + user(5, ",\"roles\":[\"nosuch\"]")
                            + ","
                            + user(6, ",\"attributes\":{\"nosuch\":1}")
                            + "]}";
            assertInvalid(
                    post(admin, body),
                    "users.1.username",
                    "users.2.nosuch",
                    "users.3.profile.birthDate",
                    "users.4.name",
                    "users.5.roles",
                    "users.6.attributes.nosuch");
            assertEquals(0, made());
        }

        @Test
        @DisplayName("of nobody whose address or user name is taken or asked for twice")
        void taken() {
            String username = mark.substring(0, 20);
            String taken =
                    "{\"users\":["
                            + user(0, ",\"username\":\"" + username + "\"")
                            + ","
                            + user(0, "")
                            + ","
                            + user(
                                    2,
                                    ",\"username\":\""
                                            + username.toUpperCase(java.util.Locale.ROOT)
                                            + "\"")
                            + ",{\"name\":\"x\",\"email\":\""
                            + admin.email.toUpperCase(java.util.Locale.ROOT)
                            + "\"}"
                            + "]";
            Response answer = post(admin, taken + "}");
            assertProblem(409, "email_taken", answer);
            List<String> fields = new ArrayList<>();
            Rest.json(answer)
                    .get("violations")
                    .forEach(violation -> fields.add(violation.get("field").asText()));
            assertEquals(List.of("users.1.email", "users.2.username", "users.3.email"), fields);
            assertEquals(0, made());

            JsonNode partial = Rest.json(post(admin, taken + ",\"mode\":\"partial\"}"));
            assertEquals(1, partial.get("created").asInt(), partial.toString());
            assertEquals(3, partial.get("refused").asInt());
            assertEquals("created", partial.at("/results/0/status").asText());
            assertEquals("email_taken", partial.at("/results/1/code").asText());
            assertEquals("username_taken", partial.at("/results/2/code").asText());
            assertEquals("users.3.email", partial.at("/results/3/violations/0/field").asText());
            assertTrue(partial.at("/results/3/id").isNull());
            assertEquals(1, made());
        }

        @Test
        @DisplayName("in part where that is asked for, and nobody of what is at fault")
        void partial() {
            JsonNode result =
                    Rest.json(
                            post(
                                    admin,
                                    users(4, i -> i % 2 == 0 ? "" : ",\"emailVerified\":\"x\"")
                                            + ",\"mode\":\"partial\"}"));
            assertEquals(2, result.get("created").asInt(), result.toString());
            assertEquals("validation_failed", result.at("/results/1/code").asText());
            assertEquals(
                    "users.1.emailVerified", result.at("/results/1/violations/0/field").asText());
            assertEquals(2, made());
        }

        @Test
        @DisplayName("in no dry run, which finds the same faults")
        void dryRun() {
            JsonNode result = Rest.json(post(admin, users(3, i -> "") + ",\"dryRun\":true}"));
            assertEquals(3, result.get("created").asInt(), result.toString());
            assertTrue(result.get("dryRun").asBoolean());
            assertTrue(result.at("/results/0/id").isNull());
            assertInvalid(
                    post(admin, users(2, i -> ",\"x\":1") + ",\"dryRun\":true}"),
                    "users.0.x",
                    "users.1.x");
            assertEquals(0, made());
        }

        @Test
        @DisplayName("with no more than the caller may give")
        void limits() {
            Caller creator = Callers.with("users:create");
            assertProblem(
                    403,
                    "forbidden",
                    post(creator, users(2, i -> ",\"roles\":[\"support\"]") + "}"));
            assertProblem(
                    403,
                    "forbidden",
                    post(creator, users(2, i -> ",\"emailVerified\":true") + "}"));
            assertProblem(
                    403,
                    "forbidden",
                    post(
                            Callers.with("users:create", "users:set-role"),
                            users(2, i -> ",\"roles\":[\"admin\"]") + "}"));
            JsonNode partial =
                    Rest.json(
                            post(
                                    creator,
                                    users(2, i -> i == 0 ? "" : ",\"roles\":[\"admin\"]")
                                            + ",\"mode\":\"partial\"}"));
            assertEquals("forbidden", partial.at("/results/1/code").asText());
            assertEquals(1, made());
        }

        @Test
        @DisplayName("ten thousand in a request and no more, in a body larger than others may have")
        void most() {
            String padding = ",\"image\":\"https://img.example/" + "x".repeat(150) + "\"";
            Response answer = post(admin, users(10_000, i -> padding) + "}");
            assertEquals(200, answer.statusCode(), () -> answer.asString().substring(0, 500));
            assertEquals(10_000, made());
            assertInvalid(post(admin, users(10_001, i -> "") + "}"), "users");
            assertInvalid(post(admin, "{\"users\":[]}"), "users");
            Database.update("DELETE FROM users WHERE email LIKE ?", mark + "-%");
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "users | {}",
                    "users | {\"users\":null}",
                    "users | {\"users\":{}}",
                    "users.0 | {\"users\":[1]}",
                    "mode | {\"users\":[{}],\"mode\":\"some\"}",
                    "dryRun | {\"users\":[{}],\"dryRun\":\"yes\"}",
                    "atomic | {\"users\":[{}],\"atomic\":true}"
                })
        @DisplayName("of no body that is none")
        void malformed(String field, String body) {
            assertInvalid(post(admin, body), field);
        }

        @Test
        @DisplayName("once, where many ask for the same at once")
        void races() throws Exception {
            List<Response> answers = AtOnce.run(4, () -> post(admin, users(20, i -> "") + "}"));
            assertEquals(1, answers.stream().filter(a -> a.statusCode() == 200).count());
            answers.stream()
                    .filter(a -> a.statusCode() != 200)
                    .forEach(a -> assertProblem(409, "email_taken", a));
            assertEquals(20, made());
        }

        @Test
        @DisplayName("by as many statements for a thousand as for ten")
        void statements() {
            IntFunction<String> more =
                    i ->
                            ",\"roles\":[\"support\"],\"profile\":{\"bio\":\"x\"},\"username\":\""
                                    + mark.substring(0, 20)
                                    + "_"
                                    + i
                                    + "\"";
            int ten = count(10, more);
            mark = "n" + mark.substring(1);
            assertEquals(ten, count(1000, more));
        }

        private int count(int size, IntFunction<String> more) {
            String body = (users(size, more) + "}").replace(",\"sendLink\":false", "");
            return Statements.of(() -> assertEquals(200, post(admin, body).statusCode())).size();
        }
    }

    @Nested
    @DisplayName("changes users")
    class Changing {

        @Test
        @DisplayName("alike, and tells how many were not so before")
        void changes() {
            List<UUID> ids = some(3);
            Database.update("UPDATE users SET status = 'invited' WHERE id = ?", ids.get(0));
            Response answer = patch(admin, ids(ids) + ",\"patch\":{\"status\":\"invited\"}}");
            assertEquals(200, answer.statusCode(), answer.asString());
            JsonNode result = Rest.json(answer);
            assertEquals(3, result.get("matched").asInt());
            assertEquals(2, result.get("changed").asInt());
            assertFalse(result.get("dryRun").asBoolean());
            assertEquals(ids.get(0).toString(), result.at("/sample/0/id").asText());
            assertEquals(2, events("user.updated", ids));
            Response again =
                    patch(
                            admin,
                            ids(ids)
                                    + ",\"patch\":{\"name\":\"Same\",\"image\":null,\"emailVerified\":true,\"roles\":[\"support\"]}}");
            assertEquals(3, again.<Integer>path("changed"), again.asString());
            JsonNode user = Rest.json(Rest.get(admin, "/api/v1/users/" + ids.get(1)));
            assertEquals("Same", user.get("name").asText());
            assertEquals("invited", user.get("status").asText());
            assertTrue(user.get("emailVerified").asBoolean());
            assertEquals("[\"support\"]", user.get("roles").toString());
            assertEquals(3, events("roles.changed", ids));
            assertEquals(
                    0,
                    patch(
                                    admin,
                                    ids(ids)
                                            + ",\"patch\":{\"name\":\"Same\",\"roles\":[\"support\"]}}")
                            .<Integer>path("changed"));
            assertEquals(
                    3,
                    patch(admin, ids(ids) + ",\"patch\":{\"roles\":null}}")
                            .<Integer>path("changed"));
        }

        @Test
        @DisplayName("so that they are kept out at once, and let in again")
        void bans() {
            Caller ada = Caller.signUp();
            Caller bob = Caller.signUp();
            Device device = Device.approvedBy(ada);
            List<UUID> ids = List.of(ada.id, bob.id);
            Response answer =
                    patch(
                            admin,
                            ids(ids)
                                    + ",\"patch\":{\"ban\":{\"reason\":\"Spam\",\"until\":\"2125-01-01T00:00:00Z\"}}}");
            assertEquals(2, answer.<Integer>path("changed"), answer.asString());
            for (Caller caller : List.of(ada, bob)) {
                assertEquals(401, Rest.get(caller, "/api/v1/me").statusCode());
                assertEquals(403, Caller.signIn(caller.email, Caller.PASSWORD).statusCode());
            }
            JsonNode user = Rest.json(Rest.get(admin, "/api/v1/users/" + ada.id));
            assertEquals("Spam", user.get("banReason").asText());
            assertEquals("2125-01-01T00:00:00.000Z", user.get("banExpires").asText());
            assertEquals(2, events("user.banned", ids));
            assertEquals(200, patch(admin, ids(ids) + ",\"patch\":{\"ban\":null}}").statusCode());
            assertEquals(200, Caller.signIn(ada.email, Caller.PASSWORD).statusCode());
            device.assertForgotten();
            assertProblem(
                    409,
                    "conflict",
                    patch(admin, ids(List.of(ada.id, admin.id)) + ",\"patch\":{\"ban\":{}}}"));
            assertEquals(200, Caller.signIn(bob.email, Caller.PASSWORD).statusCode());
        }

        @Test
        @DisplayName("and the trail tells what each was before")
        void trail() {
            UUID id = some(1).get(0);
            Database.update("UPDATE users SET name = 'Ada' WHERE id = ?", id);
            patch(admin, ids(List.of(id)) + ",\"patch\":{\"roles\":[\"support\"]}}");
            patch(
                    admin,
                    ids(List.of(id))
                            + ",\"patch\":{\"name\":\"Eve\",\"ban\":{\"reason\":\"Spam\"},\"roles\":null}}");
            patch(
                    admin,
                    ids(List.of(id))
                            + ",\"patch\":{\"ban\":{\"reason\":\"Scam\",\"until\":\"2125-01-01T00:00:00Z\"}}}");
            patch(admin, ids(List.of(id)) + ",\"patch\":{\"ban\":null}}");
            assertEquals(
                    List.of(
                            "roles.changed {\"role\": \"support\"} {\"role\": \"user\"}",
                            "roles.changed {\"role\": \"user\"} {\"role\": \"support\"}",
                            "user.banned {\"banned\": false, \"banReason\": null} {\"banned\": true,"
                                    + " \"banReason\": \"Spam\"}",
                            "user.unbanned {\"banned\": true, \"banReason\": \"Scam\","
                                    + " \"banExpires\": \"2125-01-01T00:00:00.000Z\"} {\"banned\": false,"
                                    + " \"banReason\": null, \"banExpires\": null}",
                            "user.updated {\"banReason\": \"Spam\", \"banExpires\": null}"
                                    + " {\"banReason\": \"Scam\", \"banExpires\":"
                                    + " \"2125-01-01T00:00:00.000Z\"}",
                            "user.updated {\"name\": \"Ada\"} {\"name\": \"Eve\"}"),
                    Database.query(
                                    "SELECT action || ' ' || before || ' ' || after AS event FROM"
                                            + " audit_events WHERE target_id = ? AND before IS NOT NULL"
                                            + " ORDER BY 1",
                                    id)
                            .stream()
                            .map(row -> (String) row.get("event"))
                            .sorted()
                            .toList());
        }

        @Test
        @DisplayName("in no dry run, which counts and shows the first")
        void dryRun() {
            List<UUID> ids = some(12);
            JsonNode result =
                    Rest.json(
                            patch(
                                    admin,
                                    ids(ids) + ",\"patch\":{\"name\":\"x\"},\"dryRun\":true}"));
            assertEquals(12, result.get("matched").asInt(), result.toString());
            assertEquals(0, result.get("changed").asInt());
            assertEquals(10, result.get("sample").size());
            assertEquals(0, events("user.updated", ids));
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "patch | {}",
                    "patch.name | {\"name\":null}",
                    "patch.status | {\"status\":\"gone\"}",
                    "patch.emailVerified | {\"emailVerified\":null}",
                    "patch.roles | {\"roles\":[\"nosuch\"]}",
                    "patch.ban.until | {\"ban\":{\"until\":\"2001-01-01T00:00:00Z\"}}",
                    "patch.email | {\"email\":\"x@example.com\"}",
                    "patch.username | {\"username\":\"x\"}",
                    "patch.deletedAt | {\"deletedAt\":null}",
                    "patch.passwordHash | {\"passwordHash\":\"x\"}",
                    "patch.name = name, deleted_at | {\"name = name, deleted_at\":\"x\"}"
                })
        @DisplayName("in nothing that no user can be or many cannot be alike")
        void refuses(String field, String patch) {
            List<UUID> ids = some(2);
            assertInvalid(patch(admin, ids(ids) + ",\"patch\":" + patch + "}"), field);
            assertEquals(0, events("user.updated", ids));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"patch\":{\"name\":\"x\"}}",
                    "{\"ids\":null,\"patch\":{\"name\":\"x\"}}",
                    "{\"ids\":[],\"patch\":{\"name\":\"x\"}}",
                    "{\"ids\":[\"x\"],\"patch\":{\"name\":\"x\"}}"
                })
        @DisplayName("of whom it says who they are")
        void selection(String body) {
            Response answer = patch(admin, body);
            assertProblem(400, "validation_failed", answer);
            assertTrue(
                    Rest.json(answer).at("/violations/0/field").asText().startsWith("ids"),
                    answer.asString());
        }

        @Test
        @DisplayName("all or none: nobody where one of them is nobody, deleted or above the caller")
        void allOrNone() {
            List<UUID> ids = new ArrayList<>(some(2));
            UUID gone = ids.remove(1);
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", gone);
            String change = ",\"patch\":{\"name\":\"x\"}}";
            UUID known = ids.get(0);
            assertInvalid(
                    patch(admin, ids(List.of(known, gone, UUID.randomUUID())) + change),
                    "ids.1",
                    "ids.2");
            Caller editor = Callers.with("users:update");
            Response above = patch(editor, ids(List.of(known, admin.id)) + change);
            assertProblem(403, "forbidden", above);
            assertEquals("ids.1", Rest.json(above).at("/violations/0/field").asText());
            for (String patch :
                    List.of(
                            "{\"emailVerified\":true}",
                            "{\"roles\":[\"admin\"]}",
                            "{\"ban\":{}}")) {
                assertProblem(
                        403,
                        "forbidden",
                        patch(editor, ids(List.of(known)) + ",\"patch\":" + patch + "}"));
            }
            assertEquals(0, events("user.updated", List.of(known)));
            assertEquals(200, patch(editor, ids(List.of(known, known)) + change).statusCode());
        }

        @Test
        @DisplayName("by as many statements for a thousand as for ten")
        void statements() {
            List<UUID> ids = some(1010);
            String patch = ",\"patch\":{\"name\":\"x\",\"roles\":[\"support\"],\"ban\":{}}}";
            List<String> ten =
                    Statements.of(
                            () ->
                                    patch(admin, ids(ids.subList(0, 10)) + patch)
                                            .then()
                                            .statusCode(200));
            List<String> thousand =
                    Statements.of(
                            () ->
                                    patch(admin, ids(ids.subList(10, 1010)) + patch)
                                            .then()
                                            .statusCode(200));
            assertEquals(ten, thousand);
        }
    }

    @Nested
    @DisplayName("by the filter of the list")
    class Filtering {

        private String filter(String more) {
            return "{\"filter\":{\"q\":\"" + mark + "\"" + more + "}";
        }

        @Test
        @DisplayName("changes and deletes whom it matches")
        void matches() {
            List<UUID> ids = some(5);
            Database.update(
                    "UPDATE users SET status = 'invited' WHERE id = ANY (?)",
                    (Object) ids.subList(0, 2).toArray(new UUID[0]));
            JsonNode dry =
                    Rest.json(
                            patch(
                                    admin,
                                    filter(",\"status\":\"active\"")
                                            + ",\"patch\":{\"emailVerified\":true},\"dryRun\":true}"));
            assertEquals(3, dry.path("matched").asInt(), dry.toString());
            assertEquals(3, dry.get("sample").size());
            assertEquals(
                    3,
                    patch(
                                    admin,
                                    filter(",\"status\":\"active\"")
                                            + ",\"patch\":{\"emailVerified\":true}}")
                            .<Integer>path("changed"));
            assertEquals(3, events("user.updated", ids));
            assertEquals(
                    2,
                    delete(admin, filter(",\"status\":\"invited\"") + "}")
                            .<Integer>path("changed"));
            assertEquals(3, delete(admin, filter("") + "}").<Integer>path("changed"));
            assertEquals(0, delete(admin, filter("") + "}").<Integer>path("matched"));
            assertEquals(5, events("user.deleted", ids));
        }

        @Test
        @DisplayName("leaves out, and counts, the caller and whoever is above it")
        void leavesOut() {
            List<UUID> ids = some(3);
            Database.update(
                    "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name"
                            + " = 'admin'",
                    ids.get(0));
            Caller editor = Callers.with("users:update", "users:list");
            JsonNode result = Rest.json(patch(editor, filter("") + ",\"patch\":{\"name\":\"x\"}}"));
            assertEquals(2, result.path("matched").asInt(), result.toString());
            assertEquals(1, result.get("leftOut").asInt());
            assertTrue(result.at("/sample/0/email").isNull(), "it may not read users");
            assertEquals(0, events("user.updated", ids.subList(0, 1)));
            assertEquals(2, events("user.updated", ids));
            JsonNode own =
                    Rest.json(
                            delete(
                                    admin,
                                    "{\"filter\":{\"q\":\""
                                            + admin.email
                                            + "\"},\"dryRun\":true}"));
            assertEquals(0, own.path("matched").asInt(), own.toString());
            assertEquals(1, own.get("leftOut").asInt());
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "filter.nosuch | {\"nosuch\":\"x\"}",
                    "filter.deleted | {\"deleted\":\"true\"}",
                    "filter.id | {\"id\":\"' OR true --\"}",
                    "filter | {}",
                    "ids | {\"q\":\"x\"},\"ids\":[\"0190a000-0000-7000-8000-000000000000\"]"
                })
        @DisplayName("is refused where the list would not know it")
        void refused(String field, String filter) {
            assertInvalid(delete(admin, "{\"filter\":" + filter + "}"), field);
        }

        @Test
        @DisplayName("names the member whose value is wrong")
        void values() {
            Response answer = delete(admin, "{\"filter\":{\"status\":\"gone\"}}");
            assertProblem(400, "validation_failed", answer);
            assertTrue(
                    Rest.json(answer)
                            .at("/violations/0/field")
                            .asText()
                            .startsWith("filter.status"),
                    answer.asString());
        }

        @Test
        @DisplayName("needs leave to list users")
        void permission() {
            some(1);
            assertProblem(403, "forbidden", delete(Callers.with("users:delete"), filter("") + "}"));
        }

        @Test
        @DisplayName("needs as many statements for a thousand as for ten")
        void statements() {
            some(10);
            List<String> ten = Statements.of(this::deleteAll);
            mark = "n" + mark.substring(1);
            some(1000);
            assertEquals(ten.size(), Statements.of(this::deleteAll).size());
        }

        private void deleteAll() {
            delete(admin, filter("") + "}").then().statusCode(200);
        }
    }

    @Nested
    @DisplayName("deletes users")
    class Deleting {

        @Test
        @DisplayName("whose sessions end at once, and each of whom can be restored")
        void deletes() {
            Caller ada = Caller.signUp();
            List<UUID> ids = new ArrayList<>(some(2));
            ids.add(ada.id);
            JsonNode dry = Rest.json(delete(admin, ids(ids) + ",\"dryRun\":true}"));
            assertEquals(3, dry.get("matched").asInt());
            assertEquals(3, dry.get("sample").size());
            assertEquals(200, Rest.get(ada, "/api/v1/me").statusCode());
            Response answer = delete(admin, ids(ids) + "}");
            assertEquals(3, answer.<Integer>path("changed"), answer.asString());
            assertEquals(401, Rest.get(ada, "/api/v1/me").statusCode());
            assertEquals(3, events("user.deleted", ids));
            assertFalse(Caller.signUp(ada.email).statusCode() == 200, "the address is held");
            assertEquals(
                    200, admin.request().post("/api/v1/users/" + ada.id + "/restore").statusCode());
            assertNotNull(ada.signInAgain());
            assertInvalid(delete(admin, ids(ids.subList(0, 1)) + "}"), "ids.0");
        }

        @Test
        @DisplayName("but neither the caller nor anybody above")
        void refused() {
            List<UUID> ids = some(1);
            assertProblem(409, "conflict", delete(admin, ids(List.of(ids.get(0), admin.id)) + "}"));
            assertProblem(
                    403,
                    "forbidden",
                    delete(Callers.with("users:delete"), ids(List.of(ids.get(0), admin.id)) + "}"));
            assertEquals(0, events("user.deleted", ids));
        }

        @Test
        @DisplayName("by as many statements for a thousand as for ten")
        void statements() {
            List<UUID> ids = some(1010);
            List<String> ten =
                    Statements.of(
                            () ->
                                    delete(admin, ids(ids.subList(0, 10)) + "}")
                                            .then()
                                            .statusCode(200));
            List<String> thousand =
                    Statements.of(
                            () ->
                                    delete(admin, ids(ids.subList(10, 1010)) + "}")
                                            .then()
                                            .statusCode(200));
            assertEquals(ten, thousand);
        }
    }
}
