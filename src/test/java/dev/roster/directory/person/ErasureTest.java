package dev.roster.directory.person;

import static dev.roster.testing.Problems.assertInvalid;
import static dev.roster.testing.Problems.assertProblem;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("The erasure of a person by one administrator")
class ErasureTest {

    private static Response erase(Caller caller, UUID id, String ifMatch, String body) {
        var request = caller.request();
        if (ifMatch != null) {
            request.header("If-Match", ifMatch);
        }
        return Rest.body(request, Rest.JSON, body).post(path(id));
    }

    private static String path(UUID id) {
        return "/api/v1/users/" + id + "/erase";
    }

    private static long rows(UUID id) {
        return (long) Database.value("SELECT count(*) FROM users WHERE id = ?", id);
    }

    private static Caller with(String role) {
        Caller caller = Caller.signUp();
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name = ?",
                caller.id,
                role);
        return caller;
    }

    @Test
    @DisplayName("is 401 for a stranger and 403 for whoever may not, whether or not there is one")
    void refused() {
        Caller ada = Caller.signUp();
        Caller support = with("support");
        for (UUID id : List.of(ada.id, UUID.randomUUID())) {
            assertProblem(
                    401, "unauthenticated", Rest.body(given(), Rest.JSON, "{}").post(path(id)));
            assertProblem(403, "forbidden", erase(Caller.signUp(), id, "*", "{}"));
            assertProblem(403, "forbidden", erase(support, id, "*", "{}"));
        }
        assertProblem(403, "forbidden", erase(ada, ada.id, "*", "{}"));
        assertEquals(1, rows(ada.id));
    }

    @Test
    @DisplayName("is 403 of somebody who may do more, who stays")
    void above() {
        Database.update(
                "INSERT INTO roles (id, name, permissions) VALUES (gen_random_uuid(), 'eraser',"
                        + " '{users:erase,users:read}') ON CONFLICT ON CONSTRAINT roles_name_key DO"
                        + " NOTHING");
        Caller eraser = with("eraser");
        Caller admin = Caller.admin();
        assertProblem(403, "forbidden", erase(eraser, admin.id, "*", "{}"));
        assertEquals(1, rows(admin.id));
        assertEquals(204, erase(eraser, Caller.signUp().id, "*", "{}").statusCode());
    }

    @Test
    @DisplayName("asks for the tag last read: 428 without, 412 with a stale one; 404 of nobody")
    void preconditions() {
        Caller admin = Caller.admin();
        Caller ada = Caller.signUp();
        String tag = Rest.tag(admin, "/api/v1/users/" + ada.id);
        assertProblem(428, "precondition_required", erase(admin, ada.id, null, "{}"));
        Rest.patch(ada, "/api/v1/users/" + ada.id, "*", "{\"name\":\"Changed\"}");
        assertProblem(412, "precondition_failed", erase(admin, ada.id, tag, "{}"));
        assertInvalid(
                erase(admin, ada.id, "*", "{\"reason\":\"" + "x".repeat(501) + "\"}"), "reason");
        assertProblem(400, "validation_failed", erase(admin, ada.id, "*", "{\"force\":true}"));
        assertProblem(400, "malformed_json", erase(admin, ada.id, "*", ""));
        assertEquals(1, rows(ada.id));
        assertProblem(404, "not_found", erase(admin, UUID.randomUUID(), "*", "{}"));
        tag = Rest.tag(admin, "/api/v1/users/" + ada.id);
        assertEquals(204, erase(admin, ada.id, tag, "{}").statusCode());
        assertProblem(404, "not_found", erase(admin, ada.id, "*", "{}"));
    }

    @Test
    @DisplayName("is 412 of somebody who is changed while it waits")
    void changedMeanwhile() {
        Caller admin = Caller.admin();
        Caller ada = Caller.signUp();
        String tag = Rest.tag(admin, "/api/v1/users/" + ada.id);
        assertProblem(
                412,
                "precondition_failed",
                AtOnce.meanwhile(
                        () -> erase(admin, ada.id, tag, "{}"),
                        "UPDATE users SET name = 'Changed', version = version + 1 WHERE id = ?",
                        ada.id));
        assertEquals(1, rows(ada.id));
    }

    @Test
    @DisplayName("of oneself leaves no address behind, not even of the erasing")
    void oneself() {
        Caller admin = Caller.admin();
        assertEquals(204, erase(admin, admin.id, "*", "{}").statusCode());
        assertEquals(
                0L,
                Database.value(
                        "SELECT count(*) FROM audit_events WHERE (actor_id = ? OR target_id = ?)"
                                + " AND (ip_address <> '' OR user_agent <> '' OR after IS NOT"
                                + " NULL)",
                        admin.id,
                        admin.id));
        assertTrue(
                (Long)
                                Database.value(
                                        "SELECT count(*) FROM audit_events WHERE target_id = ? AND"
                                                + " action = 'user.erased'",
                                        admin.id)
                        == 1);
    }

    @Test
    @DisplayName("empties the answer to the request that made the person, which stays done")
    void madeWithKey() {
        Caller admin = Caller.admin();
        String key = UUID.randomUUID().toString();
        Map<String, String> body = Map.of("name", "Ada", "email", Caller.newEmail());
        Response made = withKey(admin, key, body);
        assertEquals(201, made.statusCode(), made.asString());
        UUID id = UUID.fromString(Rest.json(made).get("id").asText());
        assertEquals(made.asString(), withKey(admin, key, body).asString());
        assertEquals(204, erase(admin, id, "*", "{}").statusCode());
        assertEquals(
                0,
                Database.value(
                        "SELECT length(answer) FROM idempotency_keys WHERE resource_id = ?", id));
        assertProblem(409, "conflict", withKey(admin, key, body));
        assertEquals(
                0L,
                Database.value("SELECT count(*) FROM users WHERE email = ?", body.get("email")));
    }

    private static Response withKey(Caller caller, String key, Map<String, String> body) {
        return caller.request()
                .header("Idempotency-Key", key)
                .contentType(Rest.JSON)
                .body(body)
                .post("/api/v1/users");
    }

    @Test
    @DisplayName("leaves nothing of the person but ids in the trail")
    void gone() {
        Caller admin = Caller.admin();
        Person ada = new Person();
        Caller friend = Caller.signUp();
        for (String text : List.of(ada.mark, ada.caller.email, ada.elsewhere)) {
            assertTrue(Person.traces(text).size() > 1, "there was something to erase");
        }
        assertTrue(Person.traces(ada.mark).contains("search_words.word"));
        assertEquals(
                204, erase(admin, ada.caller.id, "*", "{\"reason\":\"Ticket 4711\"}").statusCode());
        for (String text : List.of(ada.mark, ada.caller.email, ada.elsewhere)) {
            assertEquals(new TreeSet<>(), Person.traces(text), text);
        }
        TreeSet<String> pseudonyms = Person.traces(ada.caller.id.toString());
        pseudonyms.removeIf(column -> column.startsWith("audit_chain"));
        assertEquals(
                Set.of("audit_events.actor_id", "audit_events.target_id"),
                pseudonyms,
                "the pseudonym");
        assertEquals(
                0L,
                Database.value(
                        "SELECT count(*) FROM audit_events WHERE (actor_id = ? OR target_id = ?)"
                                + " AND action <> 'user.erased' AND (before IS NOT NULL OR after IS"
                                + " NOT NULL OR ip_address <> '' OR user_agent <> '')",
                        ada.caller.id,
                        ada.caller.id));
        assertEquals(
                Map.of("actor_id", admin.id, "after", "{\"reason\": \"Ticket 4711\"}"),
                Database.query(
                                "SELECT actor_id, after::text AS after FROM audit_events WHERE"
                                        + " action = 'user.erased' AND target_id = ?",
                                ada.caller.id)
                        .get(0));
        assertProblem(401, "unauthenticated", Rest.get(ada.caller, "/api/v1/me"));
        assertEquals(200, Rest.get(friend, "/api/v1/me").statusCode());
        assertEquals(200, Caller.signUp(ada.caller.email).statusCode(), "the address is free");
    }

    @Test
    @DisplayName("takes back what was mailed to an address that was to be the person's")
    void pendingAddress() {
        Caller ada = Caller.signUp();
        String wanted = Person.wants(ada);
        assertEquals(Set.of("mail_outbox.recipient"), Person.traces(wanted));
        assertEquals(204, erase(Caller.admin(), ada.id, "*", "{}").statusCode());
        assertEquals(Set.of(), Person.traces(wanted));
    }

    @Test
    @DisplayName("leaves nothing of a deleted user either, who was in groups")
    void deletedMember() {
        Caller admin = Caller.admin();
        Person ada = new Person();
        Rest.delete(admin, "/api/v1/users/" + ada.caller.id, "*").then().statusCode(204);
        TreeSet<String> traces = Person.traces(ada.caller.id.toString());
        assertTrue(
                traces.containsAll(List.of("deleted_memberships.user_id", "audit_events.before")),
                traces.toString());
        assertEquals(204, erase(admin, ada.caller.id, "*", "{}").statusCode());
        traces = Person.traces(ada.caller.id.toString());
        traces.removeIf(column -> column.startsWith("audit_chain"));
        assertEquals(Set.of("audit_events.actor_id", "audit_events.target_id"), traces);
    }

    @Test
    @DisplayName("leaves alone what is somebody else's: words, and an address that changed hands")
    void others() {
        Caller admin = Caller.admin();
        Person ada = new Person();
        Caller bob = Caller.signUp();
        Rest.patch(bob, "/api/v1/users/" + bob.id, "*", "{\"name\":\"Bob %s\"}".formatted(ada.mark))
                .then()
                .statusCode(200);
        Database.update("UPDATE users SET email = ? WHERE id = ?", ada.elsewhere, bob.id);
        assertEquals(204, erase(admin, ada.caller.id, "*", "{}").statusCode());
        TreeSet<String> traces = Person.traces(ada.elsewhere);
        assertTrue(traces.contains("mail_outbox.recipient"), traces.toString());
        assertTrue(Person.traces(ada.mark).contains("search_words.word"));
    }

    @Test
    @DisplayName("is possible of a deleted user")
    void deleted() {
        Caller ada = Caller.signUp();
        Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", ada.id);
        assertEquals(204, erase(Caller.admin(), ada.id, "*", "{}").statusCode());
        assertEquals(0, rows(ada.id));
    }

    @Test
    @DisplayName("of several at once happens once")
    void race() throws InterruptedException {
        Caller admin = Caller.admin();
        Caller ada = Caller.signUp();
        List<Integer> statuses = AtOnce.run(4, () -> erase(admin, ada.id, "*", "{}").statusCode());
        assertEquals(1, statuses.stream().filter(s -> s == 204).count(), statuses.toString());
        assertEquals(3, statuses.stream().filter(s -> s == 404).count(), statuses.toString());
    }
}
