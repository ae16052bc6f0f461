package dev.roster.groups.rest;

import static dev.roster.testing.Problems.assertInvalid;
import static dev.roster.testing.Problems.assertProblem;
import static dev.roster.testing.Problems.assertViolations;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.hasItem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("/api/v1/groups")
class GroupsResourceTest {

    private static final String GROUPS = "/api/v1/groups";

    private Caller admin;

    @BeforeEach
    void enter() {
        admin = Caller.admin();
    }

    private static String slug() {
        return "g" + UUID.randomUUID().toString().replace("-", "");
    }

    private Response post(Caller caller, String body) {
        return Rest.body(caller.request(), Rest.JSON, body).post(GROUPS);
    }

    /** A group of this slug, nested in another one or, for null, in none: its id. */
    private String make(String slug, String parent) {
        Response made =
                post(
                        admin,
                        "{\"name\":\"Group "
                                + slug
                                + "\",\"slug\":\""
                                + slug
                                + "\",\"parentId\":"
                                + (parent == null ? null : Rest.quote(parent))
                                + "}");
        assertEquals(201, made.statusCode(), made.asString());
        return made.path("id");
    }

    private String make() {
        return make(slug(), null);
    }

    private static String path(String id) {
        return GROUPS + "/" + id;
    }

    private static String member(String group, Caller user) {
        return path(group) + "/members/" + user.id;
    }

    private Caller join(String group, String... roles) {
        return join(Caller.signUp(), group, roles);
    }

    private Caller join(Caller user, String group, String... roles) {
        Response put = Rest.put(admin, member(group, user), null, roles(roles));
        assertEquals(201, put.statusCode(), put.asString());
        return user;
    }

    private static String roles(String... roles) {
        return "{\"roles\":[\"" + String.join("\",\"", roles) + "\"]}";
    }

    private Response move(String group, String parent) {
        return Rest.put(
                admin,
                path(group) + "/parent",
                "*",
                "{\"parentId\":" + (parent == null ? null : Rest.quote(parent)) + "}");
    }

    /** Reads a list to its end in parts: one text of each item. */
    private static List<String> all(Caller caller, String list, String item, int size) {
        List<String> seen = new ArrayList<>();
        String next = null;
        do {
            Response part =
                    caller.request()
                            .urlEncodingEnabled(false)
                            .get(
                                    list
                                            + (list.contains("?") ? "&" : "?")
                                            + "size="
                                            + size
                                            + (next == null ? "" : "&cursor=" + next));
            assertEquals(200, part.statusCode(), part.asString());
            JsonNode items = Rest.json(part).get("items");
            assertTrue(items.size() <= size);
            items.forEach(one -> seen.add(one.at(item).asText()));
            next = Rest.json(part).get("next").textValue();
        } while (next != null);
        return seen;
    }

    private static List<Map<String, Object>> events(String target) {
        return Database.query(
                "SELECT action, actor_id, before::text, after::text FROM audit_events WHERE"
                        + " target_id = ? ORDER BY id",
                UUID.fromString(target));
    }

    @Nested
    @DisplayName("for strangers and others")
    class Others {

        @Test
        @DisplayName("tells nothing of what there is: 404 for any id, 403 for any change")
        void nothing() {
            String group = make();
            Caller member = join(group, "owner");
            Caller other = Caller.signUp();
            for (String id : List.of(group, UUID.randomUUID().toString())) {
                assertProblem(401, "unauthenticated", given().get(path(id)));
                assertProblem(404, "not_found", Rest.get(other, path(id)));
                assertProblem(404, "not_found", Rest.get(other, path(id) + "/members"));
                assertProblem(404, "not_found", Rest.get(other, member(id, member)));
                assertProblem(403, "forbidden", Rest.patch(other, path(id), "*", "{}"));
                assertProblem(403, "forbidden", Rest.delete(other, path(id), "*"));
                assertProblem(
                        403, "forbidden", Rest.put(other, member(id, other), null, roles("owner")));
            }
            assertProblem(403, "forbidden", Rest.get(other, GROUPS));
            assertProblem(403, "forbidden", post(other, "{"));
            assertProblem(
                    403, "forbidden", Rest.get(other, "/api/v1/users/" + member.id + "/groups"));
            assertProblem(404, "not_found", Rest.get(admin, path("x")));
        }
    }

    @Nested
    @DisplayName("for a member")
    class Member {

        @Test
        @DisplayName("shows the group and the public view of who is in it, and changes nothing")
        void read() {
            String group = make();
            Caller owner = join(group, "owner", "member");
            Caller bob = join(group, "member");
            Response read = Rest.get(bob, path(group));
            assertEquals(200, read.statusCode());
            bob.request()
                    .header("If-None-Match", read.header("ETag"))
                    .get(path(group))
                    .then()
                    .statusCode(304);
            JsonNode first =
                    Rest.json(Rest.get(bob, path(group) + "/members?size=1")).at("/items/0");
            assertEquals(new TreeSet<>(List.of("user", "roles", "joinedAt", "path")), names(first));
            assertEquals(
                    new TreeSet<>(List.of("id", "name", "username", "displayUsername", "image")),
                    names(first.get("user")));
            JsonNode one = Rest.json(Rest.get(bob, member(group, owner)));
            assertEquals("[\"owner\",\"member\"]", one.get("roles").toString());
            for (Caller caller : List.of(owner, bob)) {
                assertProblem(403, "forbidden", Rest.patch(caller, path(group), "*", "{}"));
                assertProblem(
                        403,
                        "forbidden",
                        Rest.put(caller, member(group, bob), "*", roles("owner")));
                assertProblem(403, "forbidden", Rest.delete(caller, member(group, bob), "*"));
            }
        }

        @Test
        @DisplayName("of a nested group sees not the group above, though it counts as in it")
        void above() {
            String top = make();
            String below = make(slug(), top);
            Caller bob = join(below, "owner");
            assertProblem(404, "not_found", Rest.get(bob, path(top)));
            assertEquals(2, all(bob, "/api/v1/users/" + bob.id + "/groups", "/id", 1).size());
            // no role comes with it: the dialect knows of no membership
            bob.request()
                    .get("/api/auth/organization/list-members?organizationId=" + top)
                    .then()
                    .statusCode(403);
        }

        private static TreeSet<String> names(JsonNode object) {
            TreeSet<String> names = new TreeSet<>();
            object.fieldNames().forEachRemaining(names::add);
            return names;
        }
    }

    @Nested
    @DisplayName("for who may change groups")
    class Editor {

        @Test
        @DisplayName("makes, changes and deletes one, each with its event")
        void lifecycle() {
            String slug = slug();
            Caller owner = Caller.signUp();
            Response made =
                    post(
                            admin,
                            "{\"name\":\"Acme\",\"slug\":\""
                                    + slug
                                    + "\",\"metadata\":{\"a\":{\"b\":1,\"c\":2}},\"ownerId\":\""
                                    + owner.id
                                    + "\"}");
            assertEquals(201, made.statusCode(), made.asString());
            String id = made.path("id");
            assertTrue(made.header("Location").endsWith(path(id)));
            assertEquals(made.header("ETag"), Rest.tag(owner, path(id)));
            assertEquals(
                    "[\"owner\"]",
                    Rest.json(Rest.get(admin, member(id, owner))).get("roles").toString());

            Response changed =
                    Rest.patch(
                            admin,
                            path(id),
                            made.header("ETag"),
                            "{\"name\":\"New\",\"logo\":\"https://x.example/l.png\",\"metadata\":{\"a\":{\"b\":null}}}");
            assertEquals(200, changed.statusCode(), changed.asString());
            assertEquals("{\"a\":{\"c\":2}}", Rest.json(changed).get("metadata").toString());
            assertEquals(slug, changed.path("slug"));
            assertProblem(
                    412,
                    "precondition_failed",
                    Rest.patch(admin, path(id), made.header("ETag"), "{\"name\":\"x\"}"));
            assertProblem(428, "precondition_required", Rest.patch(admin, path(id), null, "{}"));
            assertProblem(428, "precondition_required", Rest.delete(admin, path(id), null));
            // it is the organization of the dialect
            owner.request()
                    .get("/api/auth/organization/get-full-organization?organizationSlug=" + slug)
                    .then()
                    .statusCode(200);
            assertEquals(204, Rest.delete(admin, path(id), changed.header("ETag")).statusCode());
            assertProblem(404, "not_found", Rest.get(admin, path(id)));
            assertEquals(
                    List.of("organization.created", "organization.updated", "organization.deleted"),
                    events(id).stream().map(event -> event.get("action")).toList());
            assertTrue(events(id).stream().allMatch(e -> admin.id.equals(e.get("actor_id"))));
        }

        @Test
        @DisplayName("refuses what is no group, and names the field")
        void invalid() {
            String taken = slug();
            String id = make(taken, null);
            assertInvalid(post(admin, "{}"), "name", "slug");
            assertInvalid(post(admin, "{\"name\":\"\",\"slug\":\"\"}"), "name", "slug");
            String valid = "{\"name\":\"x\",\"slug\":\"" + slug() + "\",";
            assertInvalid(post(admin, valid + "\"metadata\":[]}"), "metadata");
            assertInvalid(post(admin, valid + "\"parentId\":\"x\"}"), "parentId");
            assertInvalid(
                    post(admin, valid + "\"parentId\":\"" + UUID.randomUUID() + "\"}"), "parentId");
            assertInvalid(
                    post(admin, valid + "\"ownerId\":\"" + UUID.randomUUID() + "\"}"), "ownerId");
            for (String member : List.of("id", "externalId", "version", "createdAt")) {
                assertInvalid(post(admin, valid + "\"" + member + "\":null}"), member);
            }
            assertProblem(
                    409, "conflict", post(admin, "{\"name\":\"x\",\"slug\":\"" + taken + "\"}"));
            assertProblem(
                    409,
                    "conflict",
                    Rest.patch(admin, path(make()), "*", "{\"slug\":\"" + taken + "\"}"));
            assertInvalid(Rest.patch(admin, path(id), "*", "{\"slug\":null}"), "slug");
            assertInvalid(Rest.patch(admin, path(id), "*", "{\"parentId\":null}"), "parentId");
            assertInvalid(Rest.put(admin, path(id) + "/parent", "*", "{}"), "parentId");
        }

        @Test
        @DisplayName("has members join, change and leave, each with its event")
        void members() {
            String group = make();
            Caller bob = Caller.signUp();
            String path = member(group, bob);
            assertProblem(404, "not_found", Rest.delete(admin, path, "*"));
            assertProblem(412, "precondition_failed", Rest.put(admin, path, "*", roles("member")));
            Response joined = Rest.put(admin, path, null, roles("member", "member"));
            assertEquals(201, joined.statusCode(), joined.asString());
            assertEquals(joined.header("ETag"), Rest.tag(bob, path));
            assertProblem(
                    428, "precondition_required", Rest.put(admin, path, null, roles("admin")));
            Response changed = Rest.put(admin, path, joined.header("ETag"), roles("admin"));
            assertEquals(200, changed.statusCode(), changed.asString());
            assertEquals("[\"admin\"]", Rest.json(changed).get("roles").toString());
            assertProblem(
                    412, "precondition_failed", Rest.delete(admin, path, joined.header("ETag")));
            String membership =
                    Database.value(
                                    "SELECT id FROM memberships WHERE user_id = ? AND group_id = ?",
                                    bob.id,
                                    UUID.fromString(group))
                            .toString();
            assertEquals(204, Rest.delete(admin, path, changed.header("ETag")).statusCode());
            assertProblem(404, "not_found", Rest.get(bob, path(group)));
            assertEquals(
                    List.of("member.added", "member.updated", "member.removed"),
                    events(membership).stream().map(event -> event.get("action")).toList());
        }

        @Test
        @DisplayName("refuses a role, a user and a group there is not")
        void invalidMember() {
            String group = make();
            Caller bob = Caller.signUp();
            assertInvalid(
                    Rest.put(admin, member(group, bob), null, roles("member", "root")), "roles.1");
            assertInvalid(Rest.put(admin, member(group, bob), null, "{\"roles\":[]}"), "roles");
            assertInvalid(
                    Rest.put(
                            admin,
                            member(group, bob),
                            null,
                            "{\"roles\":[\"member\"],\"userId\":\"x\"}"),
                    "userId");
            String nobody = path(group) + "/members/" + UUID.randomUUID();
            assertProblem(404, "not_found", Rest.put(admin, nobody, null, roles("member")));
            assertProblem(
                    404,
                    "not_found",
                    Rest.put(admin, member(UUID.randomUUID() + "", bob), null, roles("member")));
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", bob.id);
            assertProblem(
                    404, "not_found", Rest.put(admin, member(group, bob), null, roles("member")));
        }

        @Test
        @DisplayName("has nobody be a member or an owner who is deleted meanwhile")
        void deletedMeanwhile() {
            String group = make();
            Caller bob = Caller.signUp();
            assertProblem(
                    404,
                    "not_found",
                    AtOnce.meanwhile(
                            () -> Rest.put(admin, member(group, bob), null, roles("owner")),
                            "UPDATE users SET deleted_at = now() WHERE id = ?",
                            bob.id));
            Caller eve = Caller.signUp();
            String body =
                    "{\"name\":\"x\",\"slug\":\"" + slug() + "\",\"ownerId\":\"" + eve.id + "\"}";
            assertInvalid(
                    AtOnce.meanwhile(
                            () -> post(admin, body),
                            "UPDATE users SET deleted_at = now() WHERE id = ?",
                            eve.id),
                    "ownerId");
            assertEquals(
                    0L,
                    Database.value(
                            "SELECT count(*) FROM memberships WHERE user_id IN (?, ?)",
                            bob.id,
                            eve.id));
        }

        @Test
        @DisplayName("puts members in at once who put each other in, and waits in no circle")
        void eachOther() throws InterruptedException {
            String one = make();
            String two = make();
            Caller other = Caller.admin();
            for (int round = 0; round < 5; round++) {
                String ifMatch = round == 0 ? null : "*";
                List<Integer> statuses =
                        AtOnce.run(
                                        List.<Callable<Response>>of(
                                                () ->
                                                        Rest.put(
                                                                admin,
                                                                member(one, other),
                                                                ifMatch,
                                                                roles("owner")),
                                                () ->
                                                        Rest.put(
                                                                other,
                                                                member(two, admin),
                                                                ifMatch,
                                                                roles("owner"))))
                                .stream()
                                .map(Response::statusCode)
                                .toList();
                int expected = round == 0 ? 201 : 200;
                assertEquals(List.of(expected, expected), statuses);
            }
        }

        @ParameterizedTest(name = "by {0}")
        @ValueSource(strings = {"id", "bulk"})
        @DisplayName("has who is restored be a member and in its teams as before the deletion")
        void restored(String how) {
            String kept = make();
            String gone = make();
            Caller bob = join(join(Caller.signUp(), kept, "owner", "member"), gone, "member");
            UUID team = UUID.randomUUID();
            UUID goneTeam = UUID.randomUUID();
            for (UUID id : List.of(team, goneTeam)) {
                Database.update(
                        "INSERT INTO teams (id, group_id, name) VALUES (?, ?, 'Looms')",
                        id,
                        UUID.fromString(kept));
                Database.update(
                        "INSERT INTO team_memberships (id, external_id, team_id, membership_id,"
                                + " created_at) SELECT gen_random_uuid(), 'x' || gen_random_uuid(),"
                                + " ?, id, '2020-01-01Z' FROM memberships WHERE user_id = ? AND"
                                + " group_id = ?",
                        id,
                        bob.id,
                        UUID.fromString(kept));
            }
            List<Map<String, Object>> before = memberships(bob, kept, team);
            assertEquals(1, before.size());
            String tag = Rest.tag(admin, member(kept, bob));
            delete(how, bob);
            assertEquals(List.of(), memberships(bob, kept, team));
            assertProblem(404, "not_found", Rest.get(admin, member(kept, bob)));
            assertEquals(204, Rest.delete(admin, path(gone), "*").statusCode());
            Database.update("DELETE FROM teams WHERE id = ?", goneTeam);
            restore(bob);
            assertEquals(before, memberships(bob, kept, team));
            assertEquals(tag, Rest.tag(admin, member(kept, bob)));
            assertEquals(
                    1L,
                    Database.value(
                            "SELECT count(*) FROM team_memberships t JOIN memberships m ON m.id ="
                                    + " t.membership_id WHERE m.user_id = ?",
                            bob.id));
            String trail =
                    "{\"role\": \"owner,member\", \"user\": \"%s\", \"group\": \"%s\"}"
                            .formatted(bob.id, kept);
            assertEquals(
                    List.of(trail + " -> null", "null -> " + trail),
                    Database.query(
                                    "SELECT concat(coalesce(before::text, 'null'), ' -> ',"
                                            + " coalesce(after::text, 'null')) AS change FROM"
                                            + " audit_events WHERE target_id = ? AND actor_id = ? AND"
                                            + " action IN ('member.removed', 'member.added') ORDER BY"
                                            + " occurred_at, id OFFSET 1",
                                    before.get(0).get("id"),
                                    admin.id)
                            .stream()
                            .map(row -> row.get("change"))
                            .toList());
            assertEquals(0L, kept(bob));
            // again, with nothing left of the first time
            delete(how, bob);
            restore(bob);
            assertEquals(before, memberships(bob, kept, team));
        }

        @Test
        @DisplayName("keeps of a restored user the membership that came to be meanwhile")
        void restoredMember() {
            String group = make();
            Caller bob = join(group, "owner");
            delete("id", bob);
            // as by a replica that knew nothing of what is kept
            Database.update(
                    "INSERT INTO memberships (id, group_id, user_id, roles) VALUES"
                            + " (gen_random_uuid(), ?, ?, '{admin}')",
                    UUID.fromString(group),
                    bob.id);
            restore(bob);
            assertEquals(
                    "[\"admin\"]",
                    Rest.json(Rest.get(admin, member(group, bob))).get("roles").toString());
            assertEquals(0L, kept(bob));
        }

        @Test
        @DisplayName("forgets the members it would get back, with the group or the user")
        void forgotten() {
            String group = make();
            Caller bob = join(group, "member");
            Caller eve = join(group, "member");
            delete("id", bob);
            delete("id", eve);
            assertEquals(1L, kept(bob));
            Database.update("DELETE FROM users WHERE id = ?", bob.id);
            assertEquals(0L, kept(bob));
            assertEquals(204, Rest.delete(admin, path(group), "*").statusCode());
            assertEquals(0L, kept(eve));
            restore(eve);
        }

        private void delete(String how, Caller user) {
            if (how.equals("id")) {
                Rest.delete(admin, "/api/v1/users/" + user.id, "*").then().statusCode(204);
            } else {
                Rest.body(admin.request(), Rest.JSON, "{\"ids\":[\"" + user.id + "\"]}")
                        .delete("/api/v1/users/bulk")
                        .then()
                        .statusCode(200);
            }
        }

        private void restore(Caller user) {
            admin.request().post("/api/v1/users/" + user.id + "/restore").then().statusCode(200);
        }

        private static List<Map<String, Object>> memberships(Caller user, String group, UUID team) {
            return Database.query(
                    "SELECT m.*, m.roles::text AS roles, t.id AS place, t.external_id AS"
                            + " place_external_id, t.created_at AS placed_at FROM memberships m JOIN"
                            + " team_memberships t ON t.membership_id = m.id WHERE m.user_id = ? AND"
                            + " m.group_id = ? AND t.team_id = ?",
                    user.id,
                    UUID.fromString(group),
                    team);
        }

        private static Object kept(Caller user) {
            return Database.value(
                    "SELECT count(*) FROM deleted_memberships WHERE user_id = ?", user.id);
        }

        @Test
        @DisplayName("leaves an owner, also when two are taken at once")
        void lastOwner() throws InterruptedException {
            String group = make();
            Caller one = join(group, "owner");
            assertProblem(409, "conflict", Rest.delete(admin, member(group, one), "*"));
            assertProblem(
                    409, "conflict", Rest.put(admin, member(group, one), "*", roles("admin")));
            Caller two = join(group, "owner");
            List<Integer> statuses =
                    AtOnce.run(
                                    List.<Callable<Response>>of(
                                            () -> Rest.delete(admin, member(group, one), "*"),
                                            () -> Rest.delete(admin, member(group, two), "*")))
                            .stream()
                            .map(Response::statusCode)
                            .sorted()
                            .toList();
            assertEquals(List.of(204, 409), statuses);
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource({
            "\u5C0F\u660E\u4F1A, \u660E\u4F1A",
            "\u0130stanbul, ISTANBUL",
            "Caf\u00E9, cafe",
        })
        @DisplayName("lists groups by what people type of their names")
        void asTyped(String name, String q) {
            String group = make(slug(), null);
            Database.update(
                    "UPDATE groups SET name = ? WHERE id = ?", name, UUID.fromString(group));
            admin.request()
                    .queryParam("q", q)
                    .queryParam("size", 100)
                    .get(GROUPS)
                    .then()
                    .statusCode(200)
                    .body("items.id", hasItem(group));
        }

        @Test
        @DisplayName("lists groups by slug in parts, by text and by the group they are in")
        void list() {
            String mark = slug();
            String top = make(mark + "-a", null);
            String below = make(mark + "-b%", top);
            make(mark + "-c", top);
            make(mark + "-d", below);
            assertEquals(
                    List.of(mark + "-a", mark + "-b%", mark + "-c", mark + "-d"),
                    all(admin, GROUPS + "?q=" + mark.toUpperCase(Locale.ROOT), "/slug", 3));
            assertEquals(
                    List.of(mark + "-b%", mark + "-c"),
                    all(admin, GROUPS + "?parent=" + top, "/slug", 1));
            assertEquals(
                    List.of(mark + "-a"),
                    all(admin, GROUPS + "?parent=none&q=" + mark, "/slug", 20));
            // what LIKE would take for a pattern is text
            assertEquals(
                    List.of(mark + "-b%"),
                    all(admin, GROUPS + "?q=" + mark.substring(9) + "-b%25", "/slug", 20));
            assertEquals(List.of(), all(admin, GROUPS + "?q=" + mark + "_", "/slug", 20));
            assertEquals(
                    List.of(), all(admin, GROUPS + "?parent=" + UUID.randomUUID(), "/slug", 5));
            Response part = admin.request().get(GROUPS + "?size=1&q=" + mark);
            String next = part.path("next");
            assertViolations(
                    admin.request().get(GROUPS + "?q=" + mark + "-&cursor=" + next),
                    "query",
                    "cursor");
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "size=0",
                    "parent=x",
                    "parent=none&parent=none",
                    "q=%00",
                    "sort=slug%3BDROP TABLE groups",
                    "cursor='"
                })
        @DisplayName("refuses a parameter that is wrong, and names it")
        void wrongParameters(String query) {
            assertViolations(
                    admin.request()
                            .urlEncodingEnabled(false)
                            .get(GROUPS + "?" + query.replace(" ", "%20")),
                    "query",
                    query.substring(0, query.indexOf('=')));
        }
    }

    @Nested
    @DisplayName("nested in one another")
    class Nesting {

        @Test
        @DisplayName("refuse a cycle of any length, and more levels than ten")
        void cycles() {
            List<String> chain = new ArrayList<>(List.of(make()));
            for (int i = 1; i < 10; i++) {
                chain.add(make(slug(), chain.get(i - 1)));
            }
            assertProblem(409, "conflict", move(chain.get(0), chain.get(0)));
            assertProblem(409, "conflict", move(chain.get(0), chain.get(1)));
            assertProblem(409, "conflict", move(chain.get(0), chain.get(9)));
            assertProblem(
                    409,
                    "conflict",
                    post(
                            admin,
                            "{\"name\":\"x\",\"slug\":\""
                                    + slug()
                                    + "\",\"parentId\":\""
                                    + chain.get(9)
                                    + "\"}"));
            String other = make();
            assertProblem(409, "conflict", move(other, chain.get(9)));
            assertProblem(409, "conflict", move(chain.get(0), other));
            assertInvalid(move(other, UUID.randomUUID().toString()), "parentId");
            assertProblem(404, "not_found", move(UUID.randomUUID().toString(), other));
            Response moved = move(other, chain.get(8));
            assertEquals(200, moved.statusCode(), moved.asString());
            assertEquals(chain.get(8), moved.path("parentId"));
            assertEquals(200, move(other, null).statusCode());
            assertProblem(
                    412,
                    "precondition_failed",
                    Rest.put(
                            admin,
                            path(other) + "/parent",
                            moved.header("ETag"),
                            "{\"parentId\":null}"));
            Map<String, Object> event = events(other).get(1);
            assertEquals("organization.updated", event.get("action"));
            assertEquals(
                    Rest.json("{\"parentId\":\"" + chain.get(8) + "\"}"),
                    Rest.json((String) event.get("after")));
        }

        @Test
        @DisplayName("come into no cycle by moves at once")
        void race() throws InterruptedException {
            for (int round = 0; round < 5; round++) {
                List<String> groups = IntStream.range(0, 3).mapToObj(i -> make()).toList();
                List<Response> answers =
                        AtOnce.numbered(
                                3, i -> move(groups.get(i), groups.get((i + 1) % groups.size())));
                assertEquals(
                        List.of(200, 200, 409),
                        answers.stream().map(Response::statusCode).sorted().toList());
            }
        }

        @Test
        @DisplayName("count members of those below once, by the shortest way, and tell it")
        void members() {
            String top = make();
            String left = make(slug(), top);
            String right = make(slug(), top);
            String deep = make(slug(), left);
            Caller ada = join(top, "member");
            join(ada, deep, "owner");
            Caller bob = join(deep, "admin");
            Caller eve = join(right, "member");
            join(eve, deep, "member");
            join(make(), "member");

            List<String> direct = all(ada, path(top) + "/members", "/user/id", 1);
            assertEquals(List.of(ada.id.toString()), direct);
            List<String> nested = all(ada, path(top) + "/members?nested=true", "/user/id", 1);
            assertEquals(
                    new ArrayList<>(
                            new TreeSet<>(
                                    List.of(
                                            ada.id.toString(),
                                            bob.id.toString(),
                                            eve.id.toString()))),
                    nested);
            JsonNode items =
                    Rest.json(Rest.get(ada, path(top) + "/members?nested=true")).get("items");
            for (JsonNode item : items) {
                List<String> way = new ArrayList<>();
                item.get("path").forEach(step -> way.add(step.get("id").asText()));
                String user = item.at("/user/id").asText();
                assertEquals(
                        user.equals(ada.id.toString())
                                ? List.of(top)
                                : user.equals(bob.id.toString())
                                        ? List.of(top, left, deep)
                                        : List.of(top, right),
                        way);
            }
            assertViolations(Rest.get(ada, path(top) + "/members?nested=yes"), "query", "nested");
            String cursor = Rest.get(ada, path(top) + "/members?nested=true&size=1").path("next");
            assertViolations(
                    Rest.get(ada, path(top) + "/members?cursor=" + cursor), "query", "cursor");
            // who was deleted is in no group any more
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", bob.id);
            assertFalse(
                    all(ada, path(top) + "/members?nested=true", "/user/id", 9)
                            .contains(bob.id.toString()));
        }

        @Test
        @DisplayName("explain why a user counts as in which")
        void groupsOfUser() {
            String mark = slug();
            String top = make(mark + "-1", null);
            String middle = make(mark + "-2", top);
            String deep = make(mark + "-3", middle);
            Caller ada = join(deep, "admin");
            join(ada, top, "member");
            String list = "/api/v1/users/" + ada.id + "/groups";
            assertEquals(
                    List.of(mark + "-1", mark + "-2", mark + "-3"), all(ada, list, "/slug", 1));
            JsonNode items = Rest.json(Rest.get(admin, list)).get("items");
            assertEquals("[\"member\"]", items.at("/0/roles").toString());
            assertTrue(items.at("/0/direct").asBoolean());
            assertFalse(items.at("/1/direct").asBoolean());
            assertEquals("[]", items.at("/1/roles").toString());
            assertEquals(middle, items.at("/1/path/0/id").asText());
            assertEquals(deep, items.at("/1/path/1/id").asText());
            assertProblem(
                    404,
                    "not_found",
                    Rest.get(admin, "/api/v1/users/" + UUID.randomUUID() + "/groups"));
        }

        @Test
        @DisplayName("are deleted from below by REST, while the dialect sets free what was below")
        void deleted() {
            String top = make();
            String below = make(slug(), top);
            Caller owner = join(top, "owner");
            assertProblem(409, "conflict", Rest.delete(admin, path(top), "*"));
            Rest.body(owner.request(), Rest.JSON, "{\"organizationId\":\"" + top + "\"}")
                    .post("/api/auth/organization/delete")
                    .then()
                    .statusCode(200);
            Response free = Rest.get(admin, path(below));
            assertEquals(200, free.statusCode());
            assertTrue(Rest.json(free).get("parentId").isNull());
            assertEquals(204, Rest.delete(admin, path(below), "*").statusCode());
        }
    }

    @TestFactory
    @DisplayName("lets nobody change anything who is banned before that")
    Stream<DynamicTest> banned() {
        String group = make();
        String path = path(group);
        Caller member = join(group, "member");
        Map<String, Function<Caller, Response>> changes =
                Map.of(
                        "POST",
                        caller -> post(caller, "{\"name\":\"x\",\"slug\":\"" + slug() + "\"}"),
                        "PATCH",
                        caller -> Rest.patch(caller, path, "*", "{\"name\":\"x\"}"),
                        "DELETE",
                        caller -> Rest.delete(caller, path, "*"),
                        "PUT parent",
                        caller -> Rest.put(caller, path + "/parent", "*", "{\"parentId\":null}"),
                        "PUT member",
                        caller -> Rest.put(caller, member(group, member), "*", roles("admin")),
                        "DELETE member",
                        caller -> Rest.delete(caller, member(group, member), "*"));
        return changes.entrySet().stream()
                .map(
                        change ->
                                dynamicTest(
                                        change.getKey(),
                                        () -> {
                                            Caller other = Caller.admin();
                                            assertProblem(
                                                    403,
                                                    "forbidden",
                                                    AtOnce.meanwhile(
                                                            () -> change.getValue().apply(other),
                                                            "UPDATE users SET banned = true WHERE"
                                                                    + " id = ?",
                                                            other.id));
                                            assertEquals(
                                                    List.of("member"),
                                                    Rest.get(admin, member(group, member))
                                                            .path("roles"));
                                        }));
    }
}
