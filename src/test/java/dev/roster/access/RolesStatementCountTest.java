package dev.roster.access;

import static dev.roster.access.RolesResourceTest.clerk;
import static dev.roster.access.RolesResourceTest.grant;
import static dev.roster.access.RolesResourceTest.role;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.Caller;
import dev.roster.testing.Rest;
import dev.roster.testing.Statements;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("The number of SQL statements of roles")
class RolesStatementCountTest {

    private static int count(Supplier<Response> call) {
        return Statements.of(() -> call.get().then().statusCode(200)).size();
    }

    @Test
    @DisplayName("is one for the caller and one for what is read, however many roles a user has")
    void reads() {
        Caller reader = clerk("roles:read");
        Caller ada = Caller.signUp();
        String user = "/api/v1/users/" + ada.id;
        for (int i = 0; i < 3; i++) {
            for (String path :
                    List.of(
                            "/api/v1/roles",
                            "/api/v1/roles/support",
                            user + "/roles",
                            user + "/permissions")) {
                assertEquals(2, count(() -> Rest.get(reader, path)), path);
            }
            grant(ada, role("users:list"));
        }
        assertEquals(1, count(() -> Rest.get(reader, "/api/v1/permissions")));
    }

    @Test
    @DisplayName("of replacing roles is fixed")
    void replace() {
        Caller admin = Caller.admin();
        Caller ada = Caller.signUp();
        String path = "/api/v1/users/" + ada.id + "/roles";
        String one = role("users:list");
        String two = role("ops:read");
        int few = count(() -> Rest.put(admin, path, "*", "{\"roles\":[\"" + one + "\"]}"));
        int many =
                count(
                        () ->
                                Rest.put(
                                        admin,
                                        path,
                                        "*",
                                        "{\"roles\":[\"support\",\""
                                                + two
                                                + "\",\""
                                                + one
                                                + "\"]}"));
        assertEquals(few, many);
    }
}
