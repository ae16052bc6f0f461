package dev.roster.groups;

import static dev.roster.groups.OrganizationCalls.BASE;
import static dev.roster.groups.OrganizationCalls.accept;
import static dev.roster.groups.OrganizationCalls.get;
import static dev.roster.groups.OrganizationCalls.invite;
import static dev.roster.groups.OrganizationCalls.join;
import static dev.roster.groups.OrganizationCalls.post;
import static dev.roster.groups.OrganizationCalls.refused;
import static dev.roster.groups.OrganizationCalls.slug;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@TestProfile(OrganizationRestrictedTest.Restricted.class)
@DisplayName("With organizations that are made elsewhere, and without teams")
class OrganizationRestrictedTest {

    public static class Restricted implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "roster.organization.allow-creation", "false",
                    "roster.organization.allow-deletion", "false",
                    "roster.organization.cancel-pending-invitations-on-re-invite", "true",
                    "roster.organization.teams.enabled", "false");
        }
    }

    /** An organization that this user owns, as an import makes it. */
    private static String made(Caller owner) {
        UUID id = UUID.randomUUID();
        Database.update("INSERT INTO groups (id, name, slug) VALUES (?, 'Acme', ?)", id, slug());
        Database.update(
                "INSERT INTO memberships (id, group_id, user_id, roles) VALUES (?, ?, ?,"
                        + " '{owner}')",
                UUID.randomUUID(),
                id,
                owner.id);
        post(owner, "set-active", Map.of("organizationId", id.toString())).then().statusCode(200);
        return id.toString();
    }

    @Test
    @DisplayName("nobody makes one")
    void create() {
        refused(
                post(Caller.signUp(), "create", Map.of("name", "Acme", "slug", slug())),
                403,
                "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_ORGANIZATION");
    }

    @Test
    @DisplayName("nobody deletes one")
    void delete() {
        Caller owner = Caller.signUp();
        String id = made(owner);
        refused(
                post(owner, "delete", Map.of("organizationId", id)),
                404,
                "ORGANIZATION_DELETION_DISABLED");
        get(owner, "list").then().statusCode(200).body("id", contains(id));
    }

    @Test
    @DisplayName("a second invitation of an address takes the place of the first")
    void invitedAgain() {
        Caller owner = Caller.signUp();
        String id = made(owner);
        Caller guest = Caller.signUp();
        String first = invite(owner, id, guest.email, "member");
        String second = invite(owner, id, guest.email, "admin");
        assertNotEquals(first, second);
        get(owner, "list-invitations")
                .then()
                .statusCode(200)
                .body("status", contains("canceled", "pending"));
        refused(accept(guest, first), 400, "INVITATION_NOT_FOUND");
        accept(guest, second).then().statusCode(200).body("member.role", equalTo("admin"));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "POST, create-team",
        "POST, update-team",
        "POST, remove-team",
        "GET, list-teams",
        "POST, set-active-team",
        "GET, list-user-teams",
        "GET, list-team-members",
        "POST, add-team-member",
        "POST, remove-team-member"
    })
    @DisplayName("the routes of teams do not exist")
    void teamRoutes(String method, String operation) {
        Response response =
                Caller.signUp()
                        .request()
                        .contentType(ContentType.JSON)
                        .body("{}")
                        .request(method, BASE + operation);
        assertEquals(404, response.statusCode());
        assertEquals("", response.asString());
    }

    @Test
    @DisplayName("no answer tells of teams, and no invitation leads into one")
    void noTeams() {
        Caller owner = Caller.signUp();
        String id = made(owner);
        join(owner, id, "member");
        get(owner, "get-full-organization").then().statusCode(200).body("$", not(hasKey("teams")));
        post(
                        owner,
                        "invite-member",
                        Map.of("email", Caller.newEmail(), "role", "member", "teamId", "x"))
                .then()
                .statusCode(200)
                .body("teamId", nullValue());
    }
}
