package dev.roster.users;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.Caller;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("The number of SQL statements")
class StatementCountTest {

    private static final String PROFILE = "/api/v1/me/profile";
    private static final String EDITOR = "/api/v1/me/preferences/editor";
    private static final String ADA =
            "{\"firstName\":\"Ada\",\"lastName\":\"Lovelace\",\"phone\":\"+442079460000\"}";

    @Inject SessionFactory sessions;

    private long statements(int status, Supplier<Response> call) {
        Statistics statistics = sessions.getStatistics();
        statistics.clear();
        Response answer = call.get();
        assertEquals(status, answer.statusCode(), answer.asString());
        return statistics.getPrepareStatementCount();
    }

    /** What ran, beside how often: the queries and the rows written. */
    private String work(int status, Supplier<Response> call) {
        long count = statements(status, call);
        Statistics statistics = sessions.getStatistics();
        String[] queries = statistics.getQueries();
        Arrays.sort(queries);
        return count
                + " statements, "
                + statistics.getEntityInsertCount()
                + " inserts, "
                + statistics.getEntityUpdateCount()
                + " updates, "
                + statistics.getEntityDeleteCount()
                + " deletes, "
                + statistics.getTransactionCount()
                + " transactions, "
                + List.of(queries);
    }

    @Test
    @DisplayName("of get-session is one, and none without a session")
    void getSession() {
        Caller ada = Caller.signUp();
        // the first one may make the key that signs its token; this reads it, however old it is
        Rest.get(ada, "/api/auth/get-session").then().statusCode(200);
        Rest.get("/api/auth/jwks").then().statusCode(200);
        assertEquals(1, statements(200, () -> Rest.get(ada, "/api/auth/get-session")));
        assertEquals(0, statements(200, () -> Rest.get("/api/auth/get-session")));
    }

    @Test
    @DisplayName("of a request without credentials is none")
    void stranger() {
        assertEquals(0, statements(401, () -> Rest.get("/api/v1/me")));
        assertEquals(0, statements(404, () -> Rest.get("/api/v1/nothing")));
    }

    @Test
    @DisplayName("of me is one: the user comes with the session")
    void me() {
        Caller ada = Caller.signUp();
        assertEquals(1, statements(200, () -> Rest.get(ada, "/api/v1/me")));
    }

    @Test
    @DisplayName("of an administrator is no greater than anyone's")
    void admin() {
        Caller admin = Caller.admin();
        assertEquals(1, statements(200, () -> Rest.get(admin, "/api/v1/me")));
    }

    @Test
    @DisplayName("of reading a user is one for the caller and one for the read")
    void user() {
        Caller ada = Caller.signUp();
        Caller bob = Caller.signUp();
        Rest.replace(ada, PROFILE, ADA);
        assertEquals(2, statements(200, () -> Rest.get(bob, "/api/v1/users/" + ada.id)));
        assertEquals(2, statements(404, () -> Rest.get(bob, "/api/v1/users/" + UUID.randomUUID())));
    }

    @Test
    @DisplayName("of reading a profile is one for the caller and one for the read")
    void profile() {
        Caller ada = Caller.signUp();
        Caller bob = Caller.signUp();
        String path = "/api/v1/users/" + ada.id + "/profile";
        assertEquals(2, statements(200, () -> Rest.get(bob, path)), "without a profile");
        Rest.replace(ada, PROFILE, ADA);
        assertEquals(2, statements(200, () -> Rest.get(bob, path)));
        assertEquals(2, statements(200, () -> Rest.get(ada, PROFILE)));
    }

    @Test
    @DisplayName(
            "of changing a user or a profile is fixed: caller, lock, read, change, event; full name")
    void change() {
        Caller ada = Caller.signUp();
        String first = Rest.tag(ada, PROFILE);
        assertEquals(
                8,
                statements(200, () -> Rest.put(ada, PROFILE, first, ADA)),
                "caller, lock, read, row made, row read, change, full name, event");
        String tag = Rest.tag(ada, PROFILE);
        assertEquals(6, statements(200, () -> Rest.put(ada, PROFILE, tag, "{\"bio\":\"x\"}")));
        assertEquals(6, statements(200, () -> Rest.patch(ada, PROFILE, "*", "{\"bio\":\"y\"}")));
        assertEquals(
                3,
                statements(200, () -> Rest.patch(ada, PROFILE, "*", "{\"bio\":\"y\"}")),
                "nothing to change");
        assertEquals(
                5,
                statements(
                        200,
                        () -> Rest.patch(ada, "/api/v1/users/" + ada.id, "*", "{\"name\":\"x\"}")));
    }

    @Test
    @DisplayName("of preferences is fixed: caller and read, or caller, lock, read, change, event")
    void preferences() {
        Caller ada = Caller.signUp();
        assertEquals(5, statements(201, () -> Rest.put(ada, EDITOR, null, "{\"a\":1}")));
        assertEquals(5, statements(200, () -> Rest.put(ada, EDITOR, "*", "{\"a\":2}")));
        assertEquals(2, statements(200, () -> Rest.get(ada, EDITOR)));
        assertEquals(5, statements(204, () -> Rest.delete(ada, EDITOR, "*")));
    }

    @Test
    @DisplayName("of a sign-in is one read, the hash held, the session and its event")
    void signIn() {
        Caller ada = Caller.signUp();
        assertEquals(4, statements(200, () -> Caller.signIn(ada.email, Caller.PASSWORD)));
        ada.signInAgain();
        assertEquals(4, statements(200, () -> Caller.signIn(ada.email, Caller.PASSWORD)));
    }

    @Test
    @DisplayName("of a refused sign-in tells no unknown address from a wrong password")
    void refusedSignIn() {
        Caller ada = Caller.signUp();
        String wrong = work(401, () -> Caller.signIn(ada.email, "not-the-password"));
        String unknown = work(401, () -> Caller.signIn(Caller.newEmail(), "not-the-password"));
        assertEquals(wrong, unknown);
        assertEquals("2 statements", wrong.substring(0, 12));
    }
}
