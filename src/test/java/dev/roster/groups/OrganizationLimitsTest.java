package dev.roster.groups;

import static dev.roster.groups.OrganizationCalls.accept;
import static dev.roster.groups.OrganizationCalls.create;
import static dev.roster.groups.OrganizationCalls.get;
import static dev.roster.groups.OrganizationCalls.invite;
import static dev.roster.groups.OrganizationCalls.join;
import static dev.roster.groups.OrganizationCalls.post;
import static dev.roster.groups.OrganizationCalls.refused;
import static dev.roster.groups.OrganizationCalls.slug;
import static dev.roster.groups.OrganizationCalls.verified;
import static dev.roster.testing.Problems.assertProblem;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import dev.roster.testing.SettingsProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SettingsProfile.class)
@DisplayName("With every limit of organizations set low")
class OrganizationLimitsTest {

    private static String status(String invitation) {
        return (String)
                Database.value(
                        "SELECT status FROM invitations WHERE id = CAST(? AS uuid)", invitation);
    }

    private static String team(Caller owner) {
        Response made = post(owner, "create-team", Map.of("name", "Dev"));
        made.then().statusCode(200);
        return made.path("id");
    }

    @Test
    @DisplayName("who is in one organization makes no other, not even by two calls at once")
    void organizations() throws InterruptedException {
        Caller owner = Caller.signUp();
        List<Integer> statuses =
                AtOnce.run(
                        2,
                        () ->
                                post(owner, "create", Map.of("name", "Acme", "slug", slug()))
                                        .statusCode());
        assertEquals(List.of(200, 403), statuses.stream().sorted().toList());
        refused(
                post(owner, "create", Map.of("name", "Acme", "slug", slug())),
                403,
                "YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS");
    }

    @Test
    @DisplayName("the third member is refused, and its invitation stays open")
    void members() {
        Caller owner = Caller.signUp();
        String id = create(owner).path("id");
        join(verified(), owner, id, "member");
        Caller third = verified();
        String invitation = invite(owner, id, third.email, "member");
        refused(accept(third, invitation), 403, "ORGANIZATION_MEMBERSHIP_LIMIT_REACHED");
        assertEquals("pending", status(invitation));
        get(owner, "list-members?limit=100").then().statusCode(200).body("total", equalTo(2));
        get(owner, "list-members?limit=1").then().statusCode(200).body("members", hasSize(1));
    }

    @Test
    @DisplayName("the third member is refused by the REST API too")
    void membersByRest() {
        Caller owner = Caller.signUp();
        String id = create(owner).path("id");
        join(verified(), owner, id, "member");
        Caller admin = Caller.admin();
        String member = "/api/v1/groups/" + id + "/members/" + Caller.signUp().id;
        assertProblem(409, "conflict", Rest.put(admin, member, null, "{\"roles\":[\"member\"]}"));
        String first = "/api/v1/groups/" + id + "/members/" + owner.id;
        Rest.put(admin, first, "*", "{\"roles\":[\"owner\",\"admin\"]}").then().statusCode(200);
    }

    @Test
    @DisplayName("the third member is refused by an import too, and every other row is taken")
    void membersByImport() throws InterruptedException {
        Caller owner = Caller.signUp();
        Response organization = create(owner);
        String slug = organization.path("slug");
        Caller admin = Caller.admin();
        String file =
                "email,name,groups\n"
                        + owner.email
                        + ",Known,"
                        + slug
                        + "\n"
                        + Caller.newEmail()
                        + ",Second,"
                        + slug
                        + "\n"
                        + Caller.newEmail()
                        + ",Third,"
                        + slug
                        + "\n"
                        + Caller.newEmail()
                        + ",Nobody,\n";
        Response accepted =
                admin.request()
                        .contentType("text/csv; charset=UTF-8")
                        .body(file)
                        .post("/api/v1/users/import");
        accepted.then().statusCode(202);
        String job = "/api/v1/jobs/" + accepted.path("id");
        while (!Rest.json(Rest.get(admin, job)).hasNonNull("finishedAt")) {
            Thread.sleep(50);
        }
        assertEquals(2, Rest.json(Rest.get(admin, job)).get("succeeded").asInt());
        String report = admin.request().get(job + "/report").asString();
        assertTrue(report.contains("names groups that have all the members"), report);
        get(owner, "list-members?limit=100&organizationId=" + organization.path("id"))
                .then()
                .statusCode(200)
                .body("total", equalTo(2));
    }

    @Test
    @DisplayName("the second open invitation is refused, and lasts as long as is set")
    void invitations() {
        Caller owner = Caller.signUp();
        String id = create(owner).path("id");
        Map<String, String> first = Map.of("email", Caller.newEmail(), "role", "member");
        Response made = post(owner, "invite-member", first);
        made.then().statusCode(200);
        Duration lasts =
                Duration.between(
                        Instant.parse(made.path("createdAt")),
                        Instant.parse(made.path("expiresAt")));
        assertEquals(60, (lasts.toSeconds() + 5) / 60);
        Map<String, String> second = Map.of("email", Caller.newEmail(), "role", "member");
        refused(post(owner, "invite-member", second), 403, "INVITATION_LIMIT_REACHED");
        post(owner, "cancel-invitation", Map.of("invitationId", made.path("id")))
                .then()
                .statusCode(200);
        invite(owner, id, Caller.newEmail(), "member");
    }

    @Test
    @DisplayName("an invitation waits until its recipient's address is verified")
    void verification() {
        Caller owner = Caller.signUp();
        String id = create(owner).path("id");
        Caller guest = Caller.signUp();
        String invitation = invite(owner, id, guest.email, "member");
        Map<String, String> body = Map.of("invitationId", invitation);
        for (String answer : List.of("accept-invitation", "reject-invitation")) {
            refused(
                    post(guest, answer, body),
                    403,
                    "EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION");
        }
        refused(
                get(guest, "get-invitation?id=" + invitation),
                403,
                "EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION");
        Database.update("UPDATE users SET email_verified = true WHERE id = ?", guest.id);
        get(guest, "get-invitation?id=" + invitation).then().statusCode(200);
        accept(guest, invitation).then().statusCode(200);
    }

    @Test
    @DisplayName("there are two teams at most, none to begin with, and none is kept")
    void teams() {
        Caller owner = Caller.signUp();
        create(owner);
        get(owner, "list-teams").then().statusCode(200).body("", hasSize(0));
        List<String> made = List.of(team(owner), team(owner));
        refused(
                post(owner, "create-team", Map.of("name", "Ops")),
                400,
                "YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_TEAMS");
        for (String id : made) {
            post(owner, "remove-team", Map.of("teamId", id)).then().statusCode(200);
        }
        get(owner, "list-teams").then().statusCode(200).body("", hasSize(0));
    }

    @Test
    @DisplayName("of two who are put into a team at once one gets in")
    void teamMembers() throws InterruptedException {
        Caller owner = Caller.signUp();
        String id = create(owner).path("id");
        Caller member = join(verified(), owner, id, "member");
        String team = team(owner);
        List<Callable<Integer>> calls =
                List.of(owner, member).stream()
                        .<Callable<Integer>>map(
                                caller ->
                                        () ->
                                                post(
                                                                owner,
                                                                "add-team-member",
                                                                Map.of(
                                                                        "teamId",
                                                                        team,
                                                                        "userId",
                                                                        caller.id.toString()))
                                                        .statusCode())
                        .toList();
        assertEquals(List.of(200, 403), AtOnce.run(calls).stream().sorted().toList());
        Map<String, String> invited =
                Map.of("email", Caller.newEmail(), "role", "member", "teamId", team);
        refused(post(owner, "invite-member", invited), 403, "TEAM_MEMBER_LIMIT_REACHED");
    }

    @Test
    @DisplayName("an invitation to a team that has filled since is refused, and stays open")
    void teamFilled() {
        Caller owner = Caller.signUp();
        create(owner);
        String team = team(owner);
        Caller guest = verified();
        Response invited =
                post(
                        owner,
                        "invite-member",
                        Map.of("email", guest.email, "role", "member", "teamId", team));
        invited.then().statusCode(200).body("teamId", equalTo(team));
        post(owner, "add-team-member", Map.of("teamId", team, "userId", owner.id.toString()))
                .then()
                .statusCode(200);
        String invitation = invited.path("id");
        refused(accept(guest, invitation), 403, "TEAM_MEMBER_LIMIT_REACHED");
        assertEquals("pending", status(invitation));
        get(guest, "list").then().statusCode(200).body("", hasSize(0));
    }
}
