package dev.roster.groups;

import static dev.roster.groups.OrganizationCalls.BASE;
import static dev.roster.groups.OrganizationCalls.accept;
import static dev.roster.groups.OrganizationCalls.create;
import static dev.roster.groups.OrganizationCalls.get;
import static dev.roster.groups.OrganizationCalls.invite;
import static dev.roster.groups.OrganizationCalls.join;
import static dev.roster.groups.OrganizationCalls.memberId;
import static dev.roster.groups.OrganizationCalls.post;
import static dev.roster.groups.OrganizationCalls.refused;
import static dev.roster.groups.OrganizationCalls.slug;
import static dev.roster.groups.OrganizationCalls.verified;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("Organizations")
class OrganizationRulesTest {

    /** Who did what to the record with this id, oldest first. */
    private static List<String> trail(String target) {
        return Database.query(
                        "SELECT action, actor_id::text AS actor FROM audit_events WHERE target_id ="
                                + " CAST(? AS uuid) ORDER BY id",
                        target)
                .stream()
                .map(row -> row.get("action") + " by " + row.get("actor"))
                .toList();
    }

    @Nested
    @DisplayName("themselves")
    class Themselves {

        @Test
        @DisplayName("keep their slugs, of two that change to one at once too")
        void slugs() throws InterruptedException {
            Caller ada = Caller.signUp();
            Caller bob = Caller.signUp();
            String taken = create(ada).path("slug");
            create(bob);
            refused(
                    post(bob, "update", Map.of("data", Map.of("slug", taken))),
                    400,
                    "ORGANIZATION_SLUG_ALREADY_TAKEN");
            post(ada, "update", Map.of("data", Map.of("slug", taken))).then().statusCode(200);
            String free = slug();
            List<Callable<Integer>> calls =
                    List.of(ada, bob).stream()
                            .<Callable<Integer>>map(
                                    caller ->
                                            () ->
                                                    post(
                                                                    caller,
                                                                    "update",
                                                                    Map.of(
                                                                            "data",
                                                                            Map.of("slug", free)))
                                                            .statusCode())
                            .toList();
            assertEquals(List.of(200, 400), AtOnce.run(calls).stream().sorted().toList());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"a\":\"\\u0000\"}",
                    "{\"\\u0000\":1}",
                    "{\"a\":\"\\ud800\"}",
                    "{\"a\":1e999999}",
                    "[1]",
                    "\"text\""
                })
        @DisplayName("have metadata that the database can keep")
        void metadata(String metadata) {
            Caller owner = Caller.signUp();
            Response response =
                    owner.request()
                            .contentType(ContentType.JSON)
                            .body(
                                    "{\"name\":\"Acme\",\"slug\":\""
                                            + slug()
                                            + "\",\"metadata\":"
                                            + metadata
                                            + "}")
                            .post(BASE + "create");
            refused(response, 400, "VALIDATION_ERROR");
        }

        @Test
        @DisplayName("need one to be active where none is named")
        void noneActive() {
            Caller nowhere = Caller.signUp();
            Map<String, String> place = Map.of("teamId", "x", "userId", "x");
            Map<String, Object> calls =
                    Map.of(
                            "remove-member", Map.of("memberIdOrEmail", "x"),
                            "update-member-role", Map.of("memberId", "x", "role", "member"),
                            "has-permission", Map.of("permissions", Map.of()),
                            "create-team", Map.of("name", "T"),
                            "update-team", Map.of("teamId", "x", "data", Map.of("name", "T")),
                            "remove-team", Map.of("teamId", "x"),
                            "set-active-team", Map.of("teamId", "x"),
                            "add-team-member", place,
                            "remove-team-member", place);
            calls.forEach(
                    (operation, body) ->
                            refused(post(nowhere, operation, body), 400, "NO_ACTIVE_ORGANIZATION"));
            for (String operation :
                    List.of(
                            "get-active-member",
                            "get-active-member-role",
                            "list-members",
                            "list-teams",
                            "list-user-teams?userId=x")) {
                refused(get(nowhere, operation), 400, "NO_ACTIVE_ORGANIZATION");
            }
            refused(get(nowhere, "list-team-members"), 400, "YOU_DO_NOT_HAVE_AN_ACTIVE_TEAM");
        }

        @Test
        @DisplayName("that are imported go by the ids they had, with all that is theirs")
        void imported() {
            Caller owner = Caller.signUp();
            String id = create(owner).path("id");
            Caller member = join(owner, id, "member");
            Caller guest = Caller.signUp();
            String memberId = memberId(member, id);
            String team = post(owner, "create-team", Map.of("name", "Dev")).path("id");
            String invitation = invite(owner, id, guest.email, "member");
            String old = UUID.randomUUID().toString().replace("-", "");
            Map<String, String> records =
                    Map.of(
                            "groups", id,
                            "memberships", memberId,
                            "teams", team,
                            "invitations", invitation);
            records.forEach(
                    (table, record) ->
                            Database.update(
                                    "UPDATE "
                                            + table
                                            + " SET external_id = ? WHERE id = CAST(? AS uuid)",
                                    table + old,
                                    record));
            String groups = "groups" + old;
            String teams = "teams" + old;

            post(owner, "set-active", Map.of("organizationId", groups))
                    .then()
                    .statusCode(200)
                    .body("id", equalTo(groups));
            owner.request()
                    .get("/api/auth/get-session")
                    .then()
                    .body("session.activeOrganizationId", equalTo(groups));
            get(owner, "get-full-organization")
                    .then()
                    .statusCode(200)
                    .body("id", equalTo(groups))
                    .body("teams[1].id", equalTo(teams))
                    .body("members[1].id", equalTo("memberships" + old))
                    .body("members.organizationId", contains(groups, groups))
                    .body("invitations[1].id", equalTo("invitations" + old));
            get(
                            owner,
                            "list-members?organizationId="
                                    + groups
                                    + "&filterField=id&filterValue="
                                    + "memberships"
                                    + old)
                    .then()
                    .statusCode(200)
                    .body("total", equalTo(1));
            post(
                            owner,
                            "update-member-role",
                            Map.of("memberId", "memberships" + old, "role", "admin"))
                    .then()
                    .statusCode(200)
                    .body("role", equalTo("admin"));
            post(owner, "add-team-member", Map.of("teamId", teams, "userId", owner.id.toString()))
                    .then()
                    .statusCode(200)
                    .body("teamId", equalTo(teams));
            post(owner, "set-active-team", Map.of("teamId", teams)).then().statusCode(200);
            get(owner, "list-team-members").then().statusCode(200).body("", hasSize(1));
            refused(
                    post(owner, "remove-team", Map.of("teamId", teams)),
                    403,
                    "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM");
            accept(guest, "invitations" + old)
                    .then()
                    .statusCode(200)
                    .body("member.organizationId", equalTo(groups));
            post(owner, "remove-member", Map.of("memberIdOrEmail", "memberships" + old))
                    .then()
                    .statusCode(200);
            post(owner, "delete", Map.of("organizationId", groups)).then().statusCode(200);
            get(guest, "list").then().statusCode(200).body("", hasSize(0));
        }
    }

    @Nested
    @DisplayName("and their members")
    class Members {

        @Test
        @DisplayName("keep an owner, of two who demote each other at once")
        void demotion() throws InterruptedException {
            Caller ada = Caller.signUp();
            String id = create(ada).path("id");
            Caller bob = join(ada, id, "owner");
            String adaId = memberId(ada, id);
            String bobId = memberId(bob, id);
            List<Callable<Integer>> calls =
                    List.of(
                            () -> demote(ada, bobId).statusCode(),
                            () -> demote(bob, adaId).statusCode());
            assertEquals(List.of(200, 403), AtOnce.run(calls).stream().sorted().toList());
            assertEquals(
                    1L,
                    Database.value(
                            "SELECT count(*) FROM memberships WHERE group_id = CAST(? AS uuid) AND"
                                    + " roles = '{owner}'",
                            id));
        }

        private Response demote(Caller caller, String memberId) {
            return post(
                    caller, "update-member-role", Map.of("memberId", memberId, "role", "member"));
        }

        @Test
        @DisplayName("are told by the audit trail, with who did it")
        void audited() {
            Caller owner = Caller.signUp();
            String id = create(owner).path("id");
            assertEquals(List.of("organization.created by " + owner.id), trail(id));
            Caller member = Caller.signUp();
            String invitation = invite(owner, id, member.email, "member");
            accept(member, invitation).then().statusCode(200);
            assertEquals(
                    List.of(
                            "invitation.created by " + owner.id,
                            "invitation.accepted by " + member.id),
                    trail(invitation));
            String memberId = memberId(member, id);
            for (String role : List.of("admin", "admin")) {
                post(owner, "update-member-role", Map.of("memberId", memberId, "role", role))
                        .then()
                        .statusCode(200);
            }
            post(owner, "remove-member", Map.of("memberIdOrEmail", memberId))
                    .then()
                    .statusCode(200);
            assertEquals(
                    List.of(
                            "member.added by " + member.id,
                            "member.updated by " + owner.id,
                            "member.removed by " + owner.id),
                    trail(memberId));
            post(owner, "update", Map.of("data", Map.of())).then().statusCode(200);
            post(owner, "update", Map.of("data", Map.of("name", "New"))).then().statusCode(200);
            post(owner, "delete", Map.of("organizationId", id)).then().statusCode(200);
            assertEquals(
                    List.of(
                            "organization.created by " + owner.id,
                            "organization.updated by " + owner.id,
                            "organization.deleted by " + owner.id),
                    trail(id));
        }
    }

    @Nested
    @DisplayName("and their invitations")
    class Invitations {

        @Test
        @DisplayName("are told to nobody once their inviter has gone")
        void inviterGone() {
            Caller owner = Caller.signUp();
            String id = create(owner).path("id");
            Caller admin = join(owner, id, "admin");
            Caller guest = Caller.signUp();
            String invitation = invite(admin, id, guest.email, "member");
            post(owner, "remove-member", Map.of("memberIdOrEmail", admin.email))
                    .then()
                    .statusCode(200);
            refused(
                    get(guest, "get-invitation?id=" + invitation),
                    400,
                    "INVITER_IS_NO_LONGER_A_MEMBER_OF_THE_ORGANIZATION");
        }

        @Test
        @DisplayName("are refused for who is a member, when made and when accepted")
        void alreadyMember() {
            Caller owner = Caller.signUp();
            String id = create(owner).path("id");
            Caller member = join(owner, id, "member");
            refused(
                    post(
                            owner,
                            "invite-member",
                            Map.of(
                                    "email",
                                    member.email.toUpperCase(Locale.ROOT),
                                    "role",
                                    "admin")),
                    400,
                    "USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION");
            Caller guest = Caller.signUp();
            String invitation = invite(owner, id, guest.email, "admin");
            Database.update(
                    "INSERT INTO memberships (id, group_id, user_id, roles) VALUES (?, CAST(? AS"
                            + " uuid), ?, '{member}')",
                    UUID.randomUUID(),
                    id,
                    guest.id);
            refused(
                    accept(guest, invitation),
                    400,
                    "USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION");
            get(guest, "get-active-member-role?organizationId=" + id)
                    .then()
                    .statusCode(200)
                    .body("role", equalTo("member"));
        }

        @Test
        @DisplayName("are refused to a team that is none")
        void teams() {
            Caller owner = Caller.signUp();
            create(owner);
            Map<String, String> codes =
                    Map.of("a,b", "INVALID_TEAM_ID", "unknown", "TEAM_NOT_FOUND");
            codes.forEach(
                    (teamId, code) ->
                            refused(
                                    post(
                                            owner,
                                            "invite-member",
                                            Map.of(
                                                    "email",
                                                    Caller.newEmail(),
                                                    "role",
                                                    "member",
                                                    "teamId",
                                                    teamId)),
                                    400,
                                    code));
        }

        @Test
        @DisplayName("are listed for a recipient whose address is verified")
        void received() {
            Caller owner = Caller.signUp();
            String id = create(owner).path("id");
            Caller guest = verified();
            String invitation = invite(owner, id, guest.email, "member");
            get(guest, "list-user-invitations")
                    .then()
                    .statusCode(200)
                    .body("id", contains(invitation))
                    .body("organizationName", contains("Acme"));
            get(guest, "list-user-invitations?email=" + owner.email).then().statusCode(400);
            post(guest, "reject-invitation", Map.of("invitationId", invitation))
                    .then()
                    .statusCode(200);
            get(guest, "list-user-invitations").then().statusCode(200).body("", hasSize(0));
            post(guest, "reject-invitation", Map.of("invitationId", invitation))
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("INVITATION_NOT_FOUND"))
                    .body("message", equalTo("Invitation not found!"));
        }
    }

    @Test
    @DisplayName("and their teams: the last is not removed")
    void lastTeam() {
        Caller owner = Caller.signUp();
        create(owner);
        String team = get(owner, "list-teams").path("[0].id");
        Map<String, String> body = Map.of("teamId", team);
        refused(post(owner, "remove-team", body), 403, "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM");
        Caller elsewhere = join(owner, get(owner, "list").path("[0].id"), "admin");
        refused(post(elsewhere, "remove-team", body), 400, "UNABLE_TO_REMOVE_LAST_TEAM");
    }
}
