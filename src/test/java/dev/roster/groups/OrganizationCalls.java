package dev.roster.groups;

import static org.hamcrest.Matchers.equalTo;

import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.Map;
import java.util.UUID;

/** The calls that the tests of organizations are made of. */
final class OrganizationCalls {

    static final String BASE = "/api/auth/organization/";

    private OrganizationCalls() {}

    static Response post(Caller caller, String operation, Object body) {
        return caller.request().contentType(ContentType.JSON).body(body).post(BASE + operation);
    }

    static Response get(Caller caller, String operation) {
        return caller.request().urlEncodingEnabled(false).get(BASE + operation);
    }

    static String slug() {
        return "org-" + UUID.randomUUID();
    }

    static Response create(Caller owner) {
        Response made =
                post(
                        owner,
                        "create",
                        Map.of("name", "Acme", "slug", slug(), "metadata", Map.of("plan", "pro")));
        made.then().statusCode(200);
        return made;
    }

    /** A member with this role, by invitation. */
    static Caller join(Caller owner, String organization, String role) {
        return join(Caller.signUp(), owner, organization, role);
    }

    static Caller join(Caller caller, Caller owner, String organization, String role) {
        String invitation = invite(owner, organization, caller.email, role);
        accept(caller, invitation).then().statusCode(200);
        return caller;
    }

    static Response accept(Caller caller, String invitation) {
        return post(caller, "accept-invitation", Map.of("invitationId", invitation));
    }

    static String invite(Caller owner, String organization, String email, String role) {
        Response invited =
                post(
                        owner,
                        "invite-member",
                        Map.of("email", email, "role", role, "organizationId", organization));
        invited.then().statusCode(200);
        return invited.path("id");
    }

    static String memberId(Caller caller, String organization) {
        return Database.value(
                        "SELECT id::text FROM memberships WHERE user_id = ? AND group_id ="
                                + " CAST(? AS uuid)",
                        caller.id,
                        organization)
                .toString();
    }

    /** A user whose address is verified. */
    static Caller verified() {
        Caller caller = Caller.signUp();
        Database.update("UPDATE users SET email_verified = true WHERE id = ?", caller.id);
        return caller;
    }

    static void refused(Response response, int status, String code) {
        response.then().statusCode(status).body("code", equalTo(code));
    }
}
