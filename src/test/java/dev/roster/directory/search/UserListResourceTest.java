package dev.roster.directory.search;

import static dev.roster.testing.Problems.assertProblem;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@DisplayName("The directory")
class UserListResourceTest {

    private static final String USERS = "/api/v1/users";
    private static final String COUNT = "/api/v1/users/count";
    private static final String BATCH = "/api/v1/users/batch-get";

    private static final Set<String> ALL_FIELDS =
            Set.of(
                    "id",
                    "name",
                    "email",
                    "emailVerified",
                    "username",
                    "displayUsername",
                    "image",
                    "roles",
                    "status",
                    "banned",
                    "banReason",
                    "banExpires",
                    "createdAt",
                    "updatedAt",
                    "lastSeenAt",
                    "deletedAt");
    private static final Set<String> PUBLIC_FIELDS =
            Set.of("id", "name", "username", "displayUsername", "image");

    private Caller admin;
    private String mark;

    @BeforeEach
    void administrator() {
        admin = Caller.admin();
        mark = People.mark();
    }

    /** The parameters as name, value, name, value. */
    private static Response get(Caller caller, String path, String... parameters) {
        RequestSpecification request = caller.request();
        for (int i = 0; i < parameters.length; i += 2) {
            request.queryParam(parameters[i], parameters[i + 1]);
        }
        return request.get(path);
    }

    private JsonNode found(String... parameters) {
        Response answer = get(admin, USERS, parameters);
        assertEquals(200, answer.statusCode(), answer.asString());
        return Rest.json(answer);
    }

    /** The names of those among the marked whom the parameters find, without the mark. */
    private List<String> names(String... parameters) {
        List<String> all = new ArrayList<>(List.of("q", mark));
        all.addAll(List.of(parameters));
        JsonNode answer = found(all.toArray(String[]::new));
        List<String> names = new ArrayList<>();
        answer.get("items")
                .forEach(user -> names.add(user.get("name").asText().replace(" " + mark, "")));
        return names;
    }

    private Set<String> nameSet(String... parameters) {
        return new HashSet<>(names(parameters));
    }

    private UUID person(String name) {
        return People.person(name + " " + mark);
    }

    private static void refused(String parameter, Response answer) {
        assertProblem(400, "validation_failed", answer);
        JsonNode violation = Rest.json(answer).at("/violations/0");
        assertEquals(parameter, violation.get("field").asText(), answer.asString());
        assertEquals("query", violation.get("in").asText());
    }

    private static Set<String> fields(JsonNode object) {
        Set<String> fields = new HashSet<>();
        object.fieldNames().forEachRemaining(fields::add);
        return fields;
    }

    private static Response batch(RequestSpecification request, String body) {
        return Rest.body(request, Rest.JSON, body).post(BATCH);
    }

    private static Response batch(Caller caller, List<UUID> ids) {
        return batch(
                caller.request(),
                "{\"ids\":["
                        + String.join(",", ids.stream().map(id -> "\"" + id + "\"").toList())
                        + "]}");
    }

    @Nested
    @DisplayName("for a stranger")
    class Stranger {

        @Test
        @DisplayName("is 401, whatever is asked")
        void unauthenticated() {
            for (String path : List.of(USERS, COUNT, USERS + "?nonsense=1", USERS + "?cursor=x")) {
                assertProblem(401, "unauthenticated", Rest.get(path));
            }
            assertProblem(401, "unauthenticated", batch(given(), "{\"nonsense\":1}"));
        }
    }

    @Nested
    @DisplayName("for somebody who is signed in")
    class SignedIn {

        @Test
        @DisplayName("is 403, faulty or not")
        void forbidden() {
            Caller ada = Caller.signUp();
            for (String path : List.of(USERS, COUNT, USERS + "?nonsense=1", COUNT + "?exact=x")) {
                assertProblem(403, "forbidden", Rest.get(ada, path));
            }
        }

        @Test
        @DisplayName("gives the public fields of users by id, and every field of itself")
        void batch() {
            Caller ada = Caller.signUp();
            UUID bob = person("Bob");
            JsonNode answer = Rest.json(UserListResourceTest.batch(ada, List.of(bob, ada.id)));
            assertEquals(PUBLIC_FIELDS, fields(answer.at("/items/0")));
            assertEquals(bob.toString(), answer.at("/items/0/id").asText());
            assertEquals(ALL_FIELDS, fields(answer.at("/items/1")));
            assertEquals(ada.email, answer.at("/items/1/email").asText());
        }
    }

    @Nested
    @DisplayName("for a role that may list, but not delete")
    class Support {

        @Test
        @DisplayName("shows everyone but the deleted")
        void noDeleted() {
            Caller support = Caller.signUp();
            People.grant(support.id, "support");
            UUID bob = person("Bob");
            assertEquals(bob.toString(), get(support, USERS, "q", mark).path("items[0].id"));
            assertProblem(403, "forbidden", get(support, USERS, "deleted", "true"));
            assertProblem(403, "forbidden", get(support, COUNT, "deleted", "true"));
            get(support, USERS, "q", mark, "deleted", "false").then().statusCode(200);
        }

        @Test
        @DisplayName("that may list alone looks for attributes that are public, and no others")
        void attributesOfOthers() {
            Caller lister = Caller.signUp();
            People.grant(lister.id, People.role("users:list"));
            for (String path : List.of(USERS, COUNT)) {
                for (String name : List.of("riskScore", "shoeSize", "noSuchThing")) {
                    assertProblem(403, "forbidden", get(lister, path, "attributes." + name, "1"));
                }
                get(lister, path, "attributes.department", "x").then().statusCode(200);
            }
            People.grant(lister.id, People.role("users:read"));
            get(lister, USERS, "attributes.riskScore", "1").then().statusCode(200);
        }

        @Test
        @DisplayName("that may list alone sees what is listed")
        void listAlone() {
            Caller lister = Caller.signUp();
            People.grant(lister.id, People.role("users:list"));
            UUID bob = person("Bob");
            JsonNode answer = Rest.json(get(lister, USERS, "q", mark));
            assertEquals(ALL_FIELDS, fields(answer.at("/items/0")));
            assertEquals(
                    PUBLIC_FIELDS,
                    fields(
                            Rest.json(UserListResourceTest.batch(lister, List.of(bob)))
                                    .at("/items/0")));
        }
    }

    @Nested
    @DisplayName("by id")
    class Batch {

        @Test
        @DisplayName("answers in the order asked, each once, and names whom there is not")
        void order() {
            List<UUID> ids = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                ids.add(i < 4 ? person("B" + i) : UUID.randomUUID());
            }
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", ids.get(3));
            Collections.shuffle(ids);
            List<UUID> asked = new ArrayList<>(ids.subList(0, 99));
            asked.add(ids.get(0));
            JsonNode answer = Rest.json(UserListResourceTest.batch(admin, asked));
            List<String> found = new ArrayList<>();
            answer.get("items").forEach(user -> found.add(user.get("id").asText()));
            List<String> missing = new ArrayList<>();
            answer.get("missing").forEach(id -> missing.add(id.asText()));
            List<String> expected = ids.subList(0, 99).stream().map(UUID::toString).toList();
            assertTrue(found.size() == 3 || found.size() == 2, answer.toString());
            assertEquals(expected.stream().filter(found::contains).toList(), found);
            assertEquals(expected.stream().filter(id -> !found.contains(id)).toList(), missing);
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "{}",
                    "{\"ids\":null}",
                    "{\"ids\":[]}",
                    "{\"ids\":[null]}",
                    "{\"ids\":[\"x\"]}",
                    "{\"ids\":\"x\"}",
                    "{\"ids\":[\"0190c0de-0000-7000-8000-000000000000\"],\"deleted\":true}"
                })
        @DisplayName("refuses what is no list of ids")
        void refused(String body) {
            assertEquals(400, UserListResourceTest.batch(admin.request(), body).statusCode());
        }

        @Test
        @DisplayName("takes a hundred ids at most")
        void tooMany() {
            List<UUID> ids = Stream.generate(UUID::randomUUID).limit(101).toList();
            assertProblem(400, "validation_failed", UserListResourceTest.batch(admin, ids));
        }
    }

    @Nested
    @DisplayName("filtered")
    class Filtered {

        @Test
        @DisplayName("shows of each user all that administrators see")
        void fields() {
            UUID id = People.person("Ada " + mark, mark + "@x.example", mark);
            People.grant(id, "support");
            Instant seen = Instant.parse("2026-02-03T04:05:06Z");
            People.seen(id, seen, null);
            JsonNode user = found("q", mark).at("/items/0");
            assertEquals(ALL_FIELDS, UserListResourceTest.fields(user));
            assertEquals(mark + "@x.example", user.get("email").asText());
            assertEquals("[\"support\"]", user.get("roles").toString());
            assertEquals(seen, Instant.parse(user.get("lastSeenAt").asText()));
            assertTrue(user.get("deletedAt").isNull());
        }

        @Test
        @DisplayName("by role: one of those, and user for who has no other")
        void role() {
            String role = People.role();
            String other = People.role();
            UUID both = person("both");
            People.grant(both, role);
            People.grant(both, other);
            People.grant(person("one"), role);
            People.grant(person("other"), other);
            person("none");
            assertEquals(Set.of("both", "one"), nameSet("role", role));
            assertEquals(
                    List.of("both", "one", "other"),
                    names("role", role + "," + other, "sort", "name"));
            assertEquals(Set.of("none"), nameSet("role", "user"));
            assertEquals(Set.of("none", "both", "one"), nameSet("role", "user," + role));
            refused("role", get(admin, USERS, "role", role + "," + mark));
        }

        @Test
        @DisplayName("by group: by id or slug, with who is in a group nested in it")
        void group() {
            UUID group = People.group("g" + mark, null);
            UUID child = People.group("c" + mark, group);
            UUID grandchild = People.group("d" + mark, child);
            UUID other = People.group("o" + mark, null);
            UUID twice = person("twice");
            People.join(twice, group);
            People.join(twice, grandchild);
            People.join(person("child"), child);
            People.join(person("grandchild"), grandchild);
            People.join(person("other"), other);
            assertEquals(
                    List.of("child", "grandchild", "twice"),
                    names("group", "g" + mark, "sort", "name"));
            assertEquals(Set.of("grandchild", "twice"), nameSet("group", grandchild.toString()));
            assertEquals(
                    Set.of("grandchild", "twice", "other"),
                    nameSet("group", grandchild + ",o" + mark));
            refused("group", get(admin, USERS, "group", UUID.randomUUID().toString()));
        }

        @Test
        @DisplayName("by more groups than are read one by one")
        void manyGroups() {
            UUID root = People.group("r" + mark, null);
            for (int i = 0; i < 12; i++) {
                People.join(person("p" + i), People.group("s" + i + mark, root));
            }
            assertEquals(12, names("group", "r" + mark).size());
        }

        @Test
        @DisplayName("by status, ban and proven address; a ban that has lapsed is none")
        void state() {
            People.set(person("invited"), "status", "invited");
            UUID banned = person("banned");
            People.set(banned, "banned", true);
            UUID lapsed = person("lapsed");
            People.set(lapsed, "banned", true);
            Database.update(
                    "UPDATE users SET ban_expires = now() - interval '1 hour' WHERE id = ?",
                    lapsed);
            UUID still = person("still");
            People.set(still, "banned", true);
            Database.update(
                    "UPDATE users SET ban_expires = now() + interval '1 hour' WHERE id = ?", still);
            People.set(person("verified"), "email_verified", true);
            assertEquals(Set.of("invited"), nameSet("status", "invited"));
            assertEquals(5, names("status", "invited,active").size());
            assertEquals(Set.of("banned", "still"), nameSet("banned", "true"));
            assertEquals(Set.of("invited", "lapsed", "verified"), nameSet("banned", "false"));
            assertEquals(Set.of("verified"), nameSet("emailVerified", "true"));
            assertEquals(Set.of("verified"), nameSet("emailVerified", "true", "banned", "false"));
            assertEquals(4, names("emailVerified", "false").size());
        }

        @Test
        @DisplayName("by creation: from inclusive, to exclusive, in its order")
        void created() {
            People.createdAt("b " + mark, Instant.parse("2001-02-01T00:00:00Z"));
            People.createdAt("a " + mark, Instant.parse("2001-02-02T00:00:00Z"));
            People.createdAt("c " + mark, Instant.parse("2001-01-31T23:59:59.999Z"));
            assertEquals(List.of("b", "a"), names("createdFrom", "2001-02-01"));
            assertEquals(List.of("c", "b"), names("createdTo", "2001-02-02T01:00:00+01:00"));
            assertEquals(
                    List.of("b"),
                    names("createdFrom", "2001-02-01T00:00:00Z", "createdTo", "2001-02-02"));
        }

        @Test
        @DisplayName("by last sign-in; who never did, or was impersonated, was not seen")
        void lastSeen() {
            UUID early = person("early");
            People.seen(early, Instant.parse("2001-02-01T00:00:00Z"), null);
            UUID late = person("late");
            People.seen(late, Instant.parse("2001-02-05T00:00:00Z"), null);
            People.seen(late, Instant.parse("2001-02-02T00:00:00Z"), null);
            UUID never = person("never");
            People.seen(never, Instant.parse("2001-02-05T00:00:00Z"), admin.id.toString());
            assertEquals(List.of("early"), names("lastSeenTo", "2001-02-03"));
            assertEquals(List.of("early", "late"), names("lastSeenTo", "2002-01-01"));
            assertEquals(List.of("late"), names("lastSeenFrom", "2001-02-02"));
            assertEquals(List.of("never", "early", "late"), names("sort", "lastSeenAt"));
            Database.update(
                    "UPDATE sessions SET updated_at = '2001-03-01T00:00:00Z' WHERE user_id = ?",
                    early);
            assertEquals(List.of("early", "late", "never"), names("sort", "-lastSeenAt"));
        }

        @Test
        @DisplayName("by age in years, of those who have told it")
        void age() {
            LocalDate today = LocalDate.now(ZoneOffset.UTC);
            People.profile(person("18today"), today.minusYears(18), null, "{}");
            People.profile(person("17"), today.minusYears(18).plusDays(1), null, "{}");
            People.profile(person("30"), today.minusYears(31).plusDays(1), null, "{}");
            People.profile(person("31"), today.minusYears(31), null, "{}");
            person("untold");
            assertEquals(Set.of("18today", "30", "31"), nameSet("minAge", "18"));
            assertEquals(Set.of("17", "18today", "30"), nameSet("maxAge", "30"));
            assertEquals(Set.of("18today", "30"), nameSet("minAge", "18", "maxAge", "30"));
            assertEquals(List.of("30", "18today"), names("minAge", "18", "maxAge", "30"));
        }

        @Test
        @DisplayName("by locale and whether there is a profile that tells anything")
        void profile() {
            People.profile(person("en"), null, "en-GB", "{}");
            People.profile(person("fr"), null, "fr", "{}");
            People.profile(person("empty"), null, null, "{}");
            person("none");
            assertEquals(Set.of("en"), nameSet("locale", "en-GB"));
            assertEquals(Set.of("en", "fr"), nameSet("locale", "en-GB,fr"));
            assertEquals(Set.of("en", "fr"), nameSet("hasProfile", "true"));
            assertEquals(Set.of("empty", "none"), nameSet("hasProfile", "false"));
            assertEquals(Set.of("fr"), nameSet("hasProfile", "true", "locale", "fr"));
        }

        @Test
        @DisplayName("by custom attributes: texts, numbers and booleans, as they are now")
        void attributes() {
            UUID one = person("one");
            People.profile(
                    one,
                    null,
                    null,
                    "{\"team\":\"red\",\"level\":3,\"rate\":1.50,\"lead\":true,\"deep\":{\"a\":1}}");
            UUID two = person("two");
            People.profile(two, null, null, "{\"team\":\"blue\",\"level\":3}");
            assertEquals(Set.of("one"), nameSet("attributes.team", "red"));
            assertEquals(Set.of("one", "two"), nameSet("attributes.team", "red,blue"));
            assertEquals(Set.of("one", "two"), nameSet("attributes.level", "3"));
            assertEquals(Set.of("one", "two"), nameSet("attributes.level", "3.0"));
            assertEquals(Set.of("one"), nameSet("attributes.rate", "1.5"));
            assertEquals(Set.of("one"), nameSet("attributes.rate", "1.50"));
            assertEquals(Set.of("one"), nameSet("attributes.lead", "true"));
            assertEquals(
                    Set.of("two"), nameSet("attributes.team", "blue", "attributes.level", "3"));
            assertEquals(Set.of(), nameSet("attributes.deep", "1"));
            assertEquals(Set.of(), nameSet("attributes.' OR true --", "red"));

            Database.update(
                    "UPDATE user_profiles SET attributes = '{\"team\":\"green\"}' WHERE user_id ="
                            + " ?",
                    one);
            assertEquals(Set.of(), nameSet("attributes.team", "red"));
            assertEquals(Set.of("one"), nameSet("attributes.team", "green"));
            assertEquals(Set.of("two"), nameSet("attributes.level", "3"));
        }

        @Test
        @DisplayName(
                "by deletion: the deleted are there for who asks for them, and for nobody else")
        void deleted() {
            UUID gone = person("gone");
            person("here");
            People.set(gone, "status", "invited");
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", gone);
            assertEquals(Set.of("here"), nameSet());
            assertEquals(Set.of("here"), nameSet("deleted", "false"));
            assertEquals(Set.of("gone"), nameSet("deleted", "true"));
            assertEquals(Set.of("gone"), nameSet("deleted", "true", "status", "invited"));
            assertEquals(List.of("gone"), names("deleted", "true", "sort", "-createdAt,name"));
            assertFalse(found("q", mark, "deleted", "true").at("/items/0/deletedAt").isNull());
            Database.update("UPDATE users SET deleted_at = NULL WHERE id = ?", gone);
            assertEquals(Set.of("here", "gone"), nameSet());
        }

        @ParameterizedTest(name = "{0}={1}")
        @CsvSource({
            "role, ''",
            "role, 'a,'",
            "group, ''",
            "q, ''",
            "q, ' '",
            "q, '%'",
            "q, '- .'",
            "q, 'a b c d e f g h i'",
            "status, gone",
            "status, 'active,gone'",
            "banned, yes",
            "banned, 1",
            "emailVerified, TRUE",
            "hasProfile, ''",
            "deleted, maybe",
            "createdFrom, yesterday",
            "createdFrom, 2026-01-31T12:00:00",
            "createdTo, 2026-02-30",
            "createdTo, +1000000000-12-31T23:59:59Z",
            "lastSeenFrom, 0000-01-01",
            "lastSeenTo, 1",
            "minAge, -1",
            "minAge, 151",
            "maxAge, 99999999999",
            "maxAge, '1 or 1=1'",
            "locale, ''",
            "attributes.x, ''",
            "attributes., x",
            "attributes, x",
            "sort, password",
            "sort, 'name,'",
            "sort, 'name,-name'",
            "sort, --name",
            "sort, 'u.name; DROP TABLE users'",
            "sort, birthDate",
            "size, 0",
            "size, 101",
            "size, x",
            "page, 0",
            "page, -1",
            "page, 10001",
            "page, 99999999999999999999",
            "total, exact",
            "cursor, ''",
            "cursor, x",
            "cursor, '%00'",
            "emailverified, true",
            "limit, 5",
            "id, 5"
        })
        @DisplayName("refuses what it does not understand, and names it")
        void faults(String parameter, String value) {
            refused(parameter, get(admin, USERS, parameter, value));
            if (!Set.of("sort", "size", "page", "total", "cursor").contains(parameter)) {
                refused(parameter, get(admin, COUNT, parameter, value));
            }
        }

        @Test
        @DisplayName("refuses contradictions, repetitions, and what is no text")
        void contradictions() {
            refused(
                    "createdTo",
                    get(admin, USERS, "createdFrom", "2026-01-02", "createdTo", "2026-01-02"));
            refused("maxAge", get(admin, USERS, "minAge", "30", "maxAge", "29"));
            refused("role", get(admin, USERS, "role", "admin", "role", "support"));
            refused("q", admin.request().urlEncodingEnabled(false).get(USERS + "?q=abc%00"));
            refused("q", get(admin, USERS, "q", "x".repeat(201)));
            refused("page", get(admin, USERS, "page", "101", "size", "100"));
            refused("exact", get(admin, COUNT, "exact", "yes"));
            refused("sort", get(admin, COUNT, "sort", "name"));
            RequestSpecification many = admin.request();
            IntStream.range(0, 9).forEach(i -> many.queryParam("attributes.a" + i, "x"));
            refused("attributes.a8", many.get(USERS));
        }
    }

    @Nested
    @DisplayName("searched by words")
    class Searched {

        @Test
        @DisplayName("finds any part of a name, an address or a user name, whatever the case")
        void anyPart() {
            String tail = mark.substring(3);
            UUID name =
                    People.person(
                            "Xx" + mark.toUpperCase(Locale.ROOT) + "yy",
                            UUID.randomUUID() + "@a.example",
                            null);
            UUID email = People.person("B", "zz." + mark + "@b.example", null);
            UUID username = People.person("C", UUID.randomUUID() + "@c.example", "u" + mark + "9");
            for (String q :
                    List.of(mark, tail, mark.substring(0, 9), mark.toUpperCase(Locale.ROOT))) {
                Set<String> ids = new HashSet<>();
                found("q", q).get("items").forEach(user -> ids.add(user.get("id").asText()));
                assertEquals(
                        Set.of(name.toString(), email.toString(), username.toString()), ids, q);
            }
            assertEquals(email.toString(), found("q", mark + "@b.ex").at("/items/0/id").asText());
        }

        @Test
        @DisplayName("needs every word, in any order")
        void everyWord() {
            People.person("Ada Lovelace " + mark);
            People.person("Ada Byron " + mark);
            assertEquals(Set.of("Ada Lovelace"), nameSet2("love " + mark + " ADA"));
            assertEquals(Set.of("Ada Lovelace", "Ada Byron"), nameSet2(mark + " ada"));
        }

        private Set<String> nameSet2(String q) {
            Set<String> names = new HashSet<>();
            found("q", q)
                    .get("items")
                    .forEach(u -> names.add(u.get("name").asText().replace(" " + mark, "")));
            return names;
        }

        @Test
        @DisplayName("finds one or two letters at the beginning")
        void prefix() {
            // their addresses begin with what no letter asked for is: random digits from 0 to f
            People.person("Zy " + mark);
            People.person("Kzy " + mark);
            assertEquals(Set.of("Zy"), nameSet2("zy " + mark));
            assertEquals(Set.of("Zy"), nameSet2("z " + mark));
            assertEquals(Set.of("Kzy"), nameSet2("k " + mark));
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "\u738B\u5C0F\u660E|\u5C0F\u660E",
                    "\u738B\u5C0F\u660E|\u660E",
                    "\u5C71\u7530\u592A\u90CE|\u592A\u90CE",
                    "\u5C71\u7530 \u592A\u90CE|\u5C71\u7530\u592A\u90CE",
                    "\u5C71\u7530\u592A\u90CE|\u5C71\u7530\u3000\u592A\u90CE",
                    "\uAE40\uBBFC\uC218|\uBBFC\uC218",
                    // full and half width
                    "\u30BF\u30ED\u30A6|\uFF80\uFF9B\uFF73",
                    "Ada Lovelace|\uFF21\uFF44\uFF41 lovelace",
                    "Ada Lovelace|lovelace ADA",
                    // composed and decomposed, with and without accents
                    "Jos\u00E9|JOSE\u0301",
                    "Jos\u00E9|jose",
                    "Jose\u0301|Jos\u00E9",
                    "M\u00FCller|muller",
                    "Stra\u00DFe|STRASSE",
                    "STRASSE|stra\u00DFe",
                    "\u0141ukasz|lukasz",
                    // Turkish
                    "\u0130rem I\u015F\u0131k|irem i\u015Fik",
                    "IRMAK|\u0131rmak",
                    "\u0131rmak|Irmak",
                    // a sigma at the end
                    "\u039F\u0394\u03A5\u03A3\u03A3\u0395\u03A5\u03A3|\u03BF\u03B4\u03C5\u03C3\u03C3\u03AD\u03C5\u03C2",
                    "\u041F\u0451\u0442\u0440|\u043F\u0415\u0422\u0420",
                    // vowel signs that may be left out
                    "\u0645\u064F\u062D\u064E\u0645\u0651\u064E\u062F|\u0645\u062D\u0645\u062F",
                    "\u0623\u062D\u0645\u062F|\u0627\u062D\u0645\u062F",
                    // Thai, without blanks
                    "\u0E2A\u0E21\u0E0A\u0E32\u0E22\u0E43\u0E08\u0E14\u0E35|\u0E43\u0E08\u0E14\u0E35",
                    "\u0E2A\u0E21\u0E0A\u0E32\u0E22\u0E43\u0E08\u0E14\u0E35|\u0E43\u0E08",
                    "O\u2019Brien|o'brien",
                })
        @DisplayName("finds a name by what people type")
        void asTyped(String name, String q) {
            People.person(name + " " + mark);
            JsonNode answer = found("q", q + " " + mark);
            assertEquals(1, answer.get("items").size(), answer.toString());
            assertEquals("exact", answer.get("match").asText());
        }

        @Test
        @DisplayName("takes a full-width percent sign for what it is")
        void fullWidthWildcard() {
            People.person("a%b " + mark);
            People.person("axb " + mark);
            assertEquals(Set.of("a%b"), nameSet2("a\uFF05b " + mark));
        }

        @ParameterizedTest
        @ValueSource(strings = {"%", "_", "\\", "'", "\"", "$", "?", "!"})
        @DisplayName("takes signs for what they are")
        void literal(String sign) {
            People.person("a" + sign + "b " + mark);
            People.person("axb " + mark);
            JsonNode answer = found("q", "a" + sign + "b " + mark);
            assertEquals(1, answer.get("items").size(), answer.toString());
            assertEquals("exact", answer.get("match").asText());
        }

        @Test
        @DisplayName("finds what a word may be a slip of, and says so, page by page")
        void slips() {
            for (int i = 0; i < 5; i++) {
                person("P" + i);
            }
            String slip =
                    mark.substring(0, 4) + mark.charAt(5) + mark.charAt(4) + mark.substring(6);
            String typed = slip.equals(mark) ? mark.substring(1) + "q" : slip;
            JsonNode first = found("q", typed, "size", "3", "total", "bounded");
            assertEquals("similar", first.get("match").asText());
            assertEquals(3, first.get("items").size());
            assertEquals(5, first.get("total").asInt());
            JsonNode second = found("q", typed, "size", "3", "cursor", first.get("next").asText());
            assertEquals("similar", second.get("match").asText());
            assertEquals(2, second.get("items").size());
            assertTrue(second.get("next").isNull());
            JsonNode page = found("q", typed, "size", "3", "page", "2");
            assertEquals("similar", page.get("match").asText());
            assertEquals(second.get("items"), page.get("items"));
            assertEquals("exact", found("q", mark).get("match").asText());
            assertEquals(0, Rest.json(get(admin, COUNT, "q", typed)).get("total").asInt());
        }

        @Test
        @DisplayName("follows a change of name, address or user name")
        void follows() {
            UUID id = person("Before");
            People.set(id, "name", "After " + mark + "x");
            assertEquals(1, found("q", mark + "x").get("items").size());
            People.set(id, "name", "After");
            assertEquals(0, found("q", mark, "total", "bounded").get("total").asInt());
            People.set(id, "email", mark + "@new.example");
            assertEquals(1, found("q", mark).get("items").size());
        }

        @Test
        @DisplayName("finds a name in another script, and one that is long")
        void scripts() {
            UUID greek = People.person("Ελένη Παπαδοπούλου " + mark);
            UUID longName = People.person("n".repeat(5000) + " " + mark);
            assertEquals(greek.toString(), found("q", "παπαδ " + mark).at("/items/0/id").asText());
            found("sort", "name", "createdFrom", "2020-01-01");
            assertEquals(
                    longName.toString(),
                    found(
                                    "q",
                                    "nnnn",
                                    "createdFrom",
                                    "2020-01-01",
                                    "size",
                                    "1",
                                    "sort",
                                    "-createdAt")
                            .at("/items/0/id")
                            .asText());
        }
    }

    @Nested
    @DisplayName("in order")
    class Ordered {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "id",
                    "-id",
                    "name",
                    "-name",
                    "email",
                    "-email",
                    "username",
                    "-username",
                    "createdAt",
                    "-createdAt",
                    "updatedAt",
                    "-updatedAt",
                    "lastSeenAt",
                    "-lastSeenAt",
                    "name,-createdAt",
                    "-name,createdAt,-lastSeenAt",
                    "username,-email"
                })
        @DisplayName("is the same by cursor and by page, with no user left out or shown twice")
        void order(String sort) {
            Instant t = Instant.parse("2001-01-01T00:00:00Z");
            for (int i = 0; i < 9; i++) {
                String name = List.of("ab", "AB", "b").get(i % 3) + " " + mark;
                UUID id =
                        People.person(
                                name,
                                (9 - i) + mark + "@x.example",
                                i % 2 == 0 ? null : "u" + i + mark);
                Database.update(
                        "UPDATE users SET created_at = CAST(? AS timestamptz), updated_at = CAST(?"
                                + " AS timestamptz) WHERE id = ?",
                        t.plusSeconds(i / 3).toString(),
                        t.plusSeconds(-i / 2).toString(),
                        id);
                if (i % 4 > 0) {
                    People.seen(id, t.plusSeconds(i % 4), null);
                }
            }
            List<JsonNode> whole = new ArrayList<>();
            found("q", mark, "sort", sort).get("items").forEach(whole::add);
            assertEquals(9, whole.size());
            assertEquals(whole.stream().sorted(Comparisons.of(sort)).toList(), whole);

            List<JsonNode> byCursor = new ArrayList<>();
            String cursor = null;
            do {
                JsonNode slice =
                        cursor == null
                                ? found("q", mark, "sort", sort, "size", "2")
                                : found("q", mark, "sort", sort, "size", "2", "cursor", cursor);
                slice.get("items").forEach(byCursor::add);
                cursor = slice.get("next").isNull() ? null : slice.get("next").asText();
            } while (cursor != null);
            assertEquals(whole, byCursor);

            List<JsonNode> byPage = new ArrayList<>();
            for (int page = 1; page <= 5; page++) {
                found("q", mark, "sort", sort, "size", "2", "page", String.valueOf(page))
                        .get("items")
                        .forEach(byPage::add);
            }
            assertEquals(whole, byPage);
        }
    }

    @Nested
    @DisplayName("by cursor")
    class ByCursor {

        private String cursor(String... parameters) {
            for (int i = 0; i < 3; i++) {
                person("P" + i);
            }
            List<String> all = new ArrayList<>(List.of("q", mark, "size", "1"));
            all.addAll(List.of(parameters));
            return found(all.toArray(String[]::new)).get("next").asText();
        }

        @Test
        @DisplayName("goes on in its own list only")
        void otherList() {
            String cursor = cursor();
            get(admin, USERS, "q", mark, "size", "2", "cursor", cursor).then().statusCode(200);
            refused("cursor", get(admin, USERS, "cursor", cursor));
            refused("cursor", get(admin, USERS, "q", mark, "sort", "name", "cursor", cursor));
            refused("cursor", get(admin, USERS, "q", mark, "banned", "true", "cursor", cursor));
            refused("cursor", get(admin, USERS, "q", mark, "deleted", "true", "cursor", cursor));
            refused("page", get(admin, USERS, "q", mark, "page", "1", "cursor", cursor));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "null",
                    "\"\"",
                    "\"x\"",
                    "\"2026-01-01\"",
                    "\"+999999999-12-31T23:59:59Z\"",
                    "\"-1000000000-01-01T00:00:00Z\"",
                    "\"' OR true --\"",
                    "\"\\u0000\"",
                    "\"\\ud800\""
                })
        @DisplayName("refuses a forged one")
        void forged(String key) {
            String cursor = cursor("sort", "-updatedAt");
            JsonNode parts =
                    Rest.json(
                            new String(
                                    Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
            assertEquals(4, parts.size());
            for (int forged = 2; forged < 4; forged++) {
                if (forged == 2 && key.equals("\"\"")) {
                    // a time that is none, which sorts before every other
                    continue;
                }
                List<String> keys = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    keys.add(i == forged ? key : parts.get(i).toString());
                }
                String other =
                        Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString(
                                        ("[" + String.join(",", keys) + "]")
                                                .getBytes(StandardCharsets.UTF_8));
                refused(
                        "cursor",
                        get(admin, USERS, "q", mark, "sort", "-updatedAt", "cursor", other));
            }
        }

        @Test
        @DisplayName("counts when asked to")
        void total() {
            cursor();
            JsonNode silent = found("q", mark);
            assertFalse(silent.has("total"));
            assertFalse(silent.has("totalEstimated"));
            JsonNode counted = found("q", mark, "size", "1", "total", "bounded");
            assertEquals(3, counted.get("total").asInt());
            assertFalse(counted.get("totalEstimated").asBoolean());
        }
    }

    @Nested
    @DisplayName("by page")
    class ByPage {

        @Test
        @DisplayName("tells how many there are")
        void total() {
            for (int i = 0; i < 5; i++) {
                person("P" + i);
            }
            JsonNode page = found("q", mark, "page", "2", "size", "2");
            assertEquals(2, page.get("items").size());
            assertEquals(2, page.get("page").asInt());
            assertEquals(2, page.get("size").asInt());
            assertEquals(5, page.get("total").asInt());
            assertEquals(3, page.get("pages").asInt());
            assertFalse(page.get("totalEstimated").asBoolean());
            assertEquals(5, found("q", mark, "page", "3", "size", "2").get("total").asInt());
            JsonNode beyond = found("q", mark, "page", "9", "size", "2");
            assertEquals(0, beyond.get("items").size());
            assertEquals(5, beyond.get("total").asInt());
            JsonNode uncounted = found("q", mark, "page", "1", "total", "none");
            assertEquals(
                    Set.of("items", "page", "size", "match"),
                    UserListResourceTest.fields(uncounted));
        }
    }

    @Nested
    @DisplayName("counted")
    class Counted {

        @Test
        @DisplayName("is exact up to a bound, above it an estimate that says so")
        void bounded() {
            Database.update(
                    "INSERT INTO users (id, name, email) SELECT gen_random_uuid(), CASE WHEN i <="
                            + " 250 THEN 'Justso ' ELSE 'Beyond ' END || CAST(? AS text),"
                            + " i || ? || '@x.example' FROM generate_series(1, 1100) i",
                    mark,
                    mark);
            try {
                JsonNode bounded = Rest.json(get(admin, COUNT, "q", mark));
                assertTrue(bounded.get("totalEstimated").asBoolean(), bounded.toString());
                assertTrue(bounded.get("total").asInt() > 250, bounded.toString());
                assertEquals(
                        Map.of("total", 250, "totalEstimated", false),
                        map(Rest.json(get(admin, COUNT, "q", "justso " + mark))));
                JsonNode exact = Rest.json(get(admin, COUNT, "q", mark, "exact", "true"));
                assertEquals(Map.of("total", 1100, "totalEstimated", false), map(exact));
                assertEquals(
                        Map.of("total", 1, "totalEstimated", false),
                        map(Rest.json(get(admin, COUNT, "q", "1100" + mark))));
                JsonNode page = found("q", mark, "page", "2");
                assertTrue(page.get("totalEstimated").asBoolean());
                assertTrue(page.get("pages").asInt() > 250 / 20, page.toString());
            } finally {
                Database.update("DELETE FROM users WHERE name LIKE '% ' || CAST(? AS text)", mark);
            }
        }

        @Test
        @DisplayName("is exact also where the planner expects many, whom the filters exclude")
        void excluding() {
            Database.update(
                    "INSERT INTO users (id, name, email, created_at) SELECT gen_random_uuid(), ?,"
                            + " i || ? || '@x.example', '1999-05-05' FROM generate_series(1, 30) i",
                    mark,
                    mark);
            try {
                // as if the table had a thousand million rows
                Database.update(
                        "UPDATE pg_class SET reltuples = 1e9, relpages = greatest(relpages, 1)"
                                + " WHERE oid = 'users'::regclass");
                String[] month = {"createdFrom", "1999-05-01", "createdTo", "1999-06-01"};
                assertEquals(
                        Map.of("total", 30, "totalEstimated", false),
                        map(Rest.json(get(admin, COUNT, month))));
                assertEquals(
                        Map.of("total", 0, "totalEstimated", false),
                        map(
                                Rest.json(
                                        get(
                                                admin,
                                                COUNT,
                                                Stream.concat(
                                                                Stream.of(month),
                                                                Stream.of("status", "invited"))
                                                        .toArray(String[]::new)))));
            } finally {
                Database.update("ANALYZE users");
                Database.update("DELETE FROM users WHERE name = ?", mark);
            }
        }

        private Map<String, Object> map(JsonNode count) {
            assertNotEquals(null, count.get("total"), count.toString());
            return Map.of(
                    "total",
                    count.get("total").asInt(),
                    "totalEstimated",
                    count.get("totalEstimated").asBoolean());
        }
    }
}
