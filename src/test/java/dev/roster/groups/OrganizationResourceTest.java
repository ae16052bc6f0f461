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
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Mails;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@QuarkusTest
class OrganizationResourceTest {

    @Nested
    @DisplayName("An owner")
    class Owner {

        @Test
        @DisplayName("makes an organization, which is active then, with a team")
        void creates() {
            Caller owner = Caller.signUp();
            Response made = create(owner);
            made.then()
                    .body("metadata.plan", equalTo("pro"))
                    .body("members.role", contains("owner"))
                    .body("members[0].userId", equalTo(owner.id.toString()));
            String id = made.path("id");
            owner.request()
                    .get("/api/auth/get-session")
                    .then()
                    .body("session.activeOrganizationId", equalTo(id));
            get(owner, "list").then().statusCode(200).body("id", contains(id));
            get(owner, "list-teams").then().statusCode(200).body("name", contains("Acme"));
            get(owner, "list-user-teams").then().statusCode(200).body("", hasSize(1));
            get(owner, "list-team-members").then().statusCode(200).body("", hasSize(1));
            get(owner, "get-full-organization")
                    .then()
                    .statusCode(200)
                    .body("metadata.plan", equalTo("pro"))
                    .body("members", hasSize(1))
                    .body("teams", hasSize(1))
                    .body("teams[0].memberCount", nullValue());
            get(owner, "get-active-member").then().statusCode(200).body("role", equalTo("owner"));
            get(owner, "get-active-member-role").then().statusCode(200);
            refused(
                    post(owner, "create", Map.of("name", "B", "slug", made.path("slug"))),
                    400,
                    "ORGANIZATION_ALREADY_EXISTS");
            refused(
                    post(owner, "check-slug", Map.of("slug", made.path("slug"))),
                    400,
                    "ORGANIZATION_SLUG_ALREADY_TAKEN");
            post(owner, "check-slug", Map.of("slug", slug())).then().statusCode(200);
            refused(
                    post(owner, "create", Map.of("name", "", "slug", "x".repeat(256))),
                    400,
                    "VALIDATION_ERROR");
        }

        @Test
        @DisplayName("changes and deletes it")
        void changes() {
            Caller owner = Caller.signUp();
            String id = create(owner).path("id");
            post(owner, "update", Map.of("data", Map.of("name", "New")))
                    .then()
                    .statusCode(200)
                    .body("name", equalTo("New"))
                    .body("metadata.plan", equalTo("pro"));
            post(owner, "update", Map.of("data", Map.of())).then().statusCode(200);
            post(owner, "delete", Map.of("organizationId", id)).then().statusCode(200);
            get(owner, "list").then().statusCode(200).body("", hasSize(0));
            assertEquals(
                    0L,
                    Database.value("SELECT count(*) FROM memberships WHERE user_id = ?", owner.id));
            get(owner, "get-full-organization").then().statusCode(200).body(equalTo("null"));
        }

        @Test
        @DisplayName("cannot leave, demote or remove itself while it is the only one")
        void onlyOne() {
            Caller owner = Caller.signUp();
            String id = create(owner).path("id");
            refused(
                    post(owner, "leave", Map.of("organizationId", id)),
                    400,
                    "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER");
            refused(
                    post(owner, "remove-member", Map.of("memberIdOrEmail", owner.email)),
                    400,
                    "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER");
            refused(
                    post(
                            owner,
                            "update-member-role",
                            Map.of("memberId", memberId(owner, id), "role", "member")),
                    400,
                    "YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER");
        }

        @Test
        @DisplayName("of two who leave at once stays")
        void leaveAtOnce() throws InterruptedException {
            Caller owner = Caller.signUp();
            String id = create(owner).path("id");
            Caller second = join(owner, id, "owner");
            List<Callable<Integer>> calls =
                    List.of(
                            () -> post(owner, "leave", Map.of("organizationId", id)).statusCode(),
                            () -> post(second, "leave", Map.of("organizationId", id)).statusCode());
            assertEquals(List.of(200, 400), AtOnce.run(calls).stream().sorted().toList());
            assertEquals(
                    1L,
                    Database.value(
                            "SELECT count(*) FROM memberships WHERE group_id = CAST(? AS uuid)",
                            id));
        }

        @Test
        @DisplayName("who is deleted is in no list any more")
        void deleted() {
            Caller owner = Caller.signUp();
            String id = create(owner).path("id");
            Caller member = join(owner, id, "member");
            member.request()
                    .contentType(ContentType.JSON)
                    .body(Map.of("password", Caller.PASSWORD))
                    .post("/api/auth/delete-user")
                    .then()
                    .statusCode(200);
            get(owner, "list-members").then().statusCode(200).body("total", equalTo(1));
        }

        @Test
        @DisplayName("who is deleted meanwhile makes no organization and joins none")
        void deletedMeanwhile() {
            String deletion = "UPDATE users SET deleted_at = now() WHERE id = ?";
            Caller owner = Caller.signUp();
            String id = create(owner).path("id");
            Caller bob = Caller.signUp();
            String invitation = invite(owner, id, bob.email, "member");
            refused(
                    AtOnce.meanwhile(() -> accept(bob, invitation), deletion, bob.id),
                    401,
                    "UNAUTHORIZED");
            Caller eve = Caller.signUp();
            refused(
                    AtOnce.meanwhile(
                            () -> post(eve, "create", Map.of("name", "Acme", "slug", slug())),
                            deletion,
                            eve.id),
                    401,
                    "UNAUTHORIZED");
            assertEquals(
                    0L,
                    Database.value(
                            "SELECT count(*) FROM memberships WHERE user_id IN (?, ?)",
                            bob.id,
                            eve.id));
        }

        @Test
        @DisplayName("makes, renames, fills and removes teams")
        void teams() {
            Caller owner = Caller.signUp();
            String id = create(owner).path("id");
            Caller member = join(owner, id, "member");
            String team = post(owner, "create-team", Map.of("name", "Dev")).path("id");
            post(owner, "update-team", Map.of("teamId", team, "data", Map.of("name", "Dev 2")))
                    .then()
                    .statusCode(200)
                    .body("name", equalTo("Dev 2"));
            Map<String, String> place = Map.of("teamId", team, "userId", member.id.toString());
            post(owner, "add-team-member", place).then().statusCode(200);
            post(owner, "add-team-member", place).then().statusCode(200);
            post(member, "set-active-team", Map.of("teamId", team)).then().statusCode(200);
            get(member, "list-team-members").then().statusCode(200).body("", hasSize(1));
            refused(
                    post(owner, "set-active-team", Map.of("teamId", team)),
                    403,
                    "USER_IS_NOT_A_MEMBER_OF_THE_TEAM");
            get(owner, "list-user-teams?userId=" + member.id)
                    .then()
                    .statusCode(200)
                    .body("id", contains(team));
            post(owner, "remove-team-member", place).then().statusCode(200);
            refused(
                    post(owner, "remove-team-member", place),
                    400,
                    "USER_IS_NOT_A_MEMBER_OF_THE_TEAM");
            String invited = invite(owner, id, Caller.newEmail(), "member");
            Database.update(
                    "UPDATE invitations SET team_ids = ARRAY[?] WHERE id = CAST(? AS uuid)",
                    team,
                    invited);
            post(owner, "remove-team", Map.of("teamId", team)).then().statusCode(200);
            get(owner, "list-invitations")
                    .then()
                    .statusCode(200)
                    .body("find { it.id == '" + invited + "' }.teamId", nullValue());
        }

        @Test
        @DisplayName("lists members sorted, filtered and paged, and no other fields")
        void members() {
            Caller owner = Caller.signUp();
            String id = create(owner).path("id");
            Caller member = join(owner, id, "member");
            get(owner, "list-members?limit=1&offset=1")
                    .then()
                    .statusCode(200)
                    .body("total", equalTo(2))
                    .body("members.user.email", contains(member.email));
            for (String operator :
                    List.of("eq", "in", "contains", "starts_with", "ends_with", "gte", "lte")) {
                get(
                                owner,
                                "list-members?sortBy=role&sortDirection=desc&filterField=role"
                                        + "&filterValue=owner&filterOperator="
                                        + operator)
                        .then()
                        .statusCode(200);
            }
            get(owner, "list-members?filterField=userId&filterValue=" + member.id)
                    .then()
                    .statusCode(200)
                    .body("total", equalTo(1));
            get(
                            owner,
                            "list-members?filterField=createdAt&filterOperator=gt&filterValue=2020-01-01T00:00:00Z")
                    .then()
                    .statusCode(200)
                    .body("total", equalTo(2));
            for (String bad :
                    List.of(
                            "limit=abc",
                            "offset=-1",
                            "sortBy=email",
                            "sortDirection=up",
                            "filterField=password&filterValue=x",
                            "filterField=role",
                            "filterField=createdAt&filterValue=x",
                            "filterField=role&filterValue=x&filterOperator=like",
                            "organizationId=%00")) {
                refused(get(owner, "list-members?" + bad), 400, "VALIDATION_ERROR");
            }
        }
    }

    @Nested
    @DisplayName("An invitation")
    class Invited {

        @Test
        @DisplayName("names no more than a hundred teams")
        void manyTeams() {
            Caller owner = Caller.signUp();
            create(owner);
            List<String> teams = IntStream.range(0, 70_000).mapToObj(Integer::toString).toList();
            for (int count : new int[] {100, 101, teams.size()}) {
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
                                        teams.subList(0, count))),
                        400,
                        count == 100 ? "TEAM_NOT_FOUND" : "VALIDATION_ERROR");
            }
        }

        @Test
        @DisplayName("is mailed with a link, and good once for its recipient")
        void accepted() throws InterruptedException {
            Caller owner = Caller.signUp();
            String id = create(owner).path("id");
            Caller invitee = Caller.signUp();
            String invitation =
                    invite(owner, id, invitee.email.toUpperCase(Locale.ROOT), "member,admin");
            assertEquals(
                    Caller.ORIGIN + "/accept-invitation?id=" + invitation,
                    Mails.last("INVITATION", invitee.email).value("url"));
            refused(
                    post(owner, "invite-member", Map.of("email", invitee.email, "role", "member")),
                    400,
                    "USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION");
            post(
                            owner,
                            "invite-member",
                            Map.of("email", invitee.email, "role", "member", "resend", true))
                    .then()
                    .statusCode(200)
                    .body("id", equalTo(invitation));
            refused(
                    post(owner, "accept-invitation", Map.of("invitationId", invitation)),
                    403,
                    "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION");
            get(invitee, "get-invitation?id=" + invitation)
                    .then()
                    .statusCode(200)
                    .body("organizationName", equalTo("Acme"));
            refused(
                    get(invitee, "list-user-invitations"),
                    403,
                    "EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION");
            List<Integer> statuses =
                    AtOnce.run(
                            4,
                            () ->
                                    post(
                                                    invitee,
                                                    "accept-invitation",
                                                    Map.of("invitationId", invitation))
                                            .statusCode());
            assertEquals(List.of(200, 400, 400, 400), statuses.stream().sorted().toList());
            get(invitee, "get-active-member-role")
                    .then()
                    .statusCode(200)
                    .body("role", equalTo("member,admin"));
        }

        @Test
        @DisplayName("is rejected or canceled once, and expires")
        void ended() {
            Caller owner = Caller.signUp();
            String id = create(owner).path("id");
            Caller invitee = Caller.signUp();
            String first = invite(owner, id, invitee.email, "member");
            post(invitee, "reject-invitation", Map.of("invitationId", first))
                    .then()
                    .statusCode(200)
                    .body("invitation.status", equalTo("rejected"));
            String second = invite(owner, id, invitee.email, "member");
            post(owner, "cancel-invitation", Map.of("invitationId", second))
                    .then()
                    .statusCode(200)
                    .body("status", equalTo("canceled"));
            String third = invite(owner, id, invitee.email, "member");
            Database.update(
                    "UPDATE invitations SET expires_at = now() - interval '1 second' WHERE id ="
                            + " CAST(? AS uuid)",
                    third);
            for (String ended : List.of(first, second, third, "unknown")) {
                refused(
                        post(invitee, "accept-invitation", Map.of("invitationId", ended)),
                        400,
                        "INVITATION_NOT_FOUND");
            }
            Response unknown =
                    post(owner, "invite-member", Map.of("email", "a@b.cc", "role", "wizard"));
            unknown.then().statusCode(400).body("message", equalTo("ROLE_NOT_FOUND: wizard"));
            refused(
                    post(owner, "invite-member", Map.of("email", "bad", "role", "member")),
                    400,
                    "INVALID_EMAIL");
        }
    }

    @Nested
    @DisplayName("A member")
    class Member {

        @Test
        @DisplayName("changes nothing, and an admin makes no owner")
        void refusals() {
            Caller owner = Caller.signUp();
            String id = create(owner).path("id");
            Caller member = join(owner, id, "member");
            Caller admin = join(owner, id, "admin");
            refused(
                    post(member, "update", Map.of("data", Map.of("name", "X"))),
                    403,
                    "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION");
            refused(
                    post(admin, "delete", Map.of("organizationId", id)),
                    403,
                    "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION");
            refused(
                    post(member, "remove-member", Map.of("memberIdOrEmail", admin.email)),
                    401,
                    "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER");
            refused(
                    post(
                            admin,
                            "update-member-role",
                            Map.of("memberId", memberId(admin, id), "role", "owner")),
                    403,
                    "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER");
            refused(
                    post(
                            admin,
                            "update-member-role",
                            Map.of("memberId", memberId(owner, id), "role", "member")),
                    403,
                    "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER");
            refused(
                    post(admin, "invite-member", Map.of("email", "a@b.cc", "role", "owner")),
                    403,
                    "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE");
            refused(
                    get(member, "list-invitations"),
                    403,
                    "YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS");
            refused(
                    post(member, "create-team", Map.of("name", "T")),
                    403,
                    "YOU_ARE_NOT_ALLOWED_TO_CREATE_TEAMS_IN_THIS_ORGANIZATION");
            post(
                            member,
                            "has-permission",
                            Map.of("permissions", Map.of("organization", List.of("update"))))
                    .then()
                    .statusCode(200)
                    .body("success", equalTo(false));
        }
    }

    @Nested
    @DisplayName("Somebody of another organization")
    class Stranger {

        @Test
        @DisplayName("reaches nothing by any id")
        void isolation() {
            Caller owner = Caller.signUp();
            Response made = create(owner);
            String id = made.path("id");
            String slug = made.path("slug");
            String member = memberId(owner, id);
            String team = get(owner, "list-teams").path("[0].id");
            String invitation = invite(owner, id, Caller.newEmail(), "member");
            Caller stranger = Caller.signUp();
            create(stranger);

            for (String query :
                    List.of(
                            "get-organization?organizationId=" + id,
                            "get-organization?organizationSlug=" + slug,
                            "get-full-organization?organizationId=" + id,
                            "get-full-organization?organizationSlug=" + slug,
                            "list-invitations?organizationId=" + id,
                            "list-members?organizationId=" + id,
                            "list-members?organizationSlug=" + slug,
                            "get-active-member-role?organizationId=" + id,
                            "get-active-member-role?userId=" + owner.id,
                            "list-teams?organizationId=" + id,
                            "list-user-teams?organizationId=" + id,
                            "get-invitation?id=" + invitation)) {
                assertEquals(403, get(stranger, query).statusCode(), query);
            }
            assertEquals(400, get(stranger, "list-team-members?teamId=" + team).statusCode());
            assertEquals(400, get(stranger, "list-user-teams?userId=" + owner.id).statusCode());
            String user = owner.id.toString();
            Map<String, Map<String, Object>> calls =
                    Map.ofEntries(
                            Map.entry("delete", Map.of("organizationId", id)),
                            Map.entry(
                                    "update",
                                    Map.of("organizationId", id, "data", Map.of("name", "X"))),
                            Map.entry("leave", Map.of("organizationId", id)),
                            Map.entry(
                                    "invite-member",
                                    Map.of(
                                            "organizationId",
                                            id,
                                            "email",
                                            "a@b.cc",
                                            "role",
                                            "member")),
                            Map.entry("cancel-invitation", Map.of("invitationId", invitation)),
                            Map.entry("accept-invitation", Map.of("invitationId", invitation)),
                            Map.entry("reject-invitation", Map.of("invitationId", invitation)),
                            Map.entry("remove-member", Map.of("memberIdOrEmail", member)),
                            Map.entry(
                                    "update-member-role",
                                    Map.of("memberId", member, "role", "member")),
                            Map.entry("create-team", Map.of("organizationId", id, "name", "T")),
                            Map.entry("remove-team", Map.of("teamId", team)),
                            Map.entry(
                                    "update-team",
                                    Map.of("teamId", team, "data", Map.of("name", "T"))),
                            Map.entry("set-active-team", Map.of("teamId", team)),
                            Map.entry("add-team-member", Map.of("teamId", team, "userId", user)),
                            Map.entry("remove-team-member", Map.of("teamId", team, "userId", user)),
                            Map.entry("set-active", Map.of("organizationId", id)));
            calls.forEach(
                    (operation, body) -> {
                        int status = post(stranger, operation, body).statusCode();
                        assertEquals(true, status == 400 || status == 403, operation + status);
                    });
            get(owner, "get-full-organization")
                    .then()
                    .statusCode(200)
                    .body("name", equalTo("Acme"))
                    .body("members", hasSize(1))
                    .body("invitations.status", contains("pending"));
        }

        @Test
        @DisplayName("loses its active organization by asking for another's")
        void setActive() {
            String id = create(Caller.signUp()).path("id");
            Caller stranger = Caller.signUp();
            create(stranger);
            refused(
                    post(stranger, "set-active", Map.of("organizationId", id)),
                    403,
                    "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION");
            refused(get(stranger, "get-active-member"), 400, "NO_ACTIVE_ORGANIZATION");
        }
    }

    @Nested
    @DisplayName("Nobody")
    class Nobody {

        @Test
        @DisplayName("is refused as the reference refuses")
        void refused401() {
            for (Map.Entry<String, Object> call :
                    Map.<String, Object>of(
                                    "create", Map.of("name", "A", "slug", "b"),
                                    "delete", Map.of("organizationId", "x"),
                                    "create-team", Map.of("name", "T"),
                                    "remove-team", Map.of("teamId", "x"))
                            .entrySet()) {
                given().contentType(ContentType.JSON)
                        .body(call.getValue())
                        .post(BASE + call.getKey())
                        .then()
                        .statusCode(401)
                        .body(emptyString());
            }
            given().get(BASE + "list").then().statusCode(401).body("code", equalTo("UNAUTHORIZED"));
            given().get(BASE + "get-invitation?id=x")
                    .then()
                    .statusCode(401)
                    .body("message", equalTo("Not authenticated"));
        }
    }
}
