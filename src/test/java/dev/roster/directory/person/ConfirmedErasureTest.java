package dev.roster.directory.person;

import static dev.roster.testing.Problems.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import dev.roster.testing.StrictProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(StrictProfile.class)
@DisplayName("The erasure of a person by two administrators")
class ConfirmedErasureTest {

    private Caller first;
    private Caller second;
    private Caller ada;

    @BeforeEach
    void enter() {
        first = admin();
        second = admin();
        ada = member();
    }

    @Test
    @DisplayName("is asked for by one, who cannot confirm, and done by another")
    void confirmed() {
        Response asked = erase(first, ada.id, "*", "{\"reason\":\"Ticket 4711\"}");
        assertEquals(202, asked.statusCode(), asked.asString());
        assertEquals(ada.id.toString(), asked.path("userId"));
        assertEquals(first.id.toString(), asked.path("requestedBy"));
        assertProblem(409, "conflict", erase(first, ada.id, "*", "{}"));
        assertEquals(1, rows(ada.id));
        assertEquals(204, erase(second, ada.id, "*", "{}").statusCode());
        assertEquals(0, rows(ada.id));
        assertEquals(
                Rest.json("{\"reason\":\"Ticket 4711\",\"requestedBy\":\"" + first.id + "\"}"),
                Rest.json(
                        (String)
                                Database.value(
                                        "SELECT after::text FROM audit_events WHERE action ="
                                                + " 'user.erased' AND target_id = ?",
                                        ada.id)));
    }

    @Test
    @DisplayName("is asked for anew once the request has run out")
    void expired() {
        assertEquals(202, erase(first, ada.id, "*", "{}").statusCode());
        Database.update("UPDATE erasure_requests SET expires_at = now() WHERE user_id = ?", ada.id);
        Response anew = erase(second, ada.id, "*", "{}");
        assertEquals(202, anew.statusCode());
        assertEquals(second.id.toString(), anew.path("requestedBy"));
        assertEquals(204, erase(first, ada.id, "*", "{}").statusCode());
    }

    @Test
    @DisplayName("is asked for anew where who asked may no longer")
    void demoted() {
        for (String loss :
                List.of(
                        "DELETE FROM role_grants WHERE user_id = ?",
                        "UPDATE users SET banned = true WHERE id = ?",
                        "UPDATE users SET deleted_at = now() WHERE id = ?")) {
            Caller other = admin();
            Caller bob = member();
            assertEquals(202, erase(other, bob.id, "*", "{}").statusCode());
            Database.update(loss, other.id);
            assertEquals(202, erase(second, bob.id, "*", "{}").statusCode(), loss);
            assertEquals(1, rows(bob.id));
        }
    }

    @Test
    @DisplayName("takes two: of one who asks many times at once nothing comes")
    void alone() throws InterruptedException {
        List<Integer> statuses = AtOnce.run(4, () -> erase(first, ada.id, "*", "{}").statusCode());
        assertEquals(1, statuses.stream().filter(s -> s == 202).count(), statuses.toString());
        assertEquals(3, statuses.stream().filter(s -> s == 409).count(), statuses.toString());
        assertEquals(1, rows(ada.id));
    }

    @Test
    @DisplayName("by two at the same time is asked for by one and done by the other")
    void together() throws InterruptedException {
        List<Integer> statuses =
                AtOnce.numbered(
                        2, i -> erase(i == 0 ? first : second, ada.id, "*", "{}").statusCode());
        assertEquals(List.of(202, 204), statuses.stream().sorted().toList());
        assertEquals(0, rows(ada.id));
    }

    /** Under this profile signing up does not sign in. */
    private Caller member() {
        return Caller.verified();
    }

    private Caller admin() {
        Caller caller = member();
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name ="
                        + " 'admin'",
                caller.id);
        return caller;
    }

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
}
