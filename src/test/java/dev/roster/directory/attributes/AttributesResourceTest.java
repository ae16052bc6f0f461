package dev.roster.directory.attributes;

import static dev.roster.testing.Problems.assertInvalid;
import static dev.roster.testing.Problems.assertProblem;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.roster.testing.AtOnce;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import dev.roster.testing.Statements;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schemas are those of application.properties. */
@QuarkusTest
@DisplayName("Custom attributes")
class AttributesResourceTest {

    private static final String MINE = "/api/v1/me/attributes";

    private Caller ada;
    private String hers;

    @BeforeEach
    void enter() {
        ada = Caller.signUp();
        hers = "/api/v1/users/" + ada.id + "/attributes";
    }

    @Nested
    @DisplayName("for a stranger")
    class Stranger {

        @Test
        @DisplayName("are 401 by every method")
        void unauthenticated() {
            for (String path : List.of(MINE, hers)) {
                assertProblem(401, "unauthenticated", Rest.get(path));
                assertProblem(
                        401, "unauthenticated", Rest.body(given(), Rest.JSON, "{}").put(path));
                assertProblem(
                        401,
                        "unauthenticated",
                        Rest.body(given(), Rest.MERGE_PATCH, "{}").patch(path));
            }
        }
    }

    @Nested
    @DisplayName("for the user itself")
    class Self {

        @Test
        @DisplayName("are none at first, and written where no profile has been")
        void first() {
            assertSeen("{}", Rest.get(ada, MINE));
            Response put = Rest.replace(ada, MINE, "{\"department\":\"Sales\",\"shoeSize\":38}");
            assertSeen("{\"department\":\"Sales\",\"shoeSize\":38}", put);
            Response read = Rest.get(ada, hers);
            assertEquals(put.header("ETag"), read.header("ETag"));
            assertSeen("{\"department\":\"Sales\",\"shoeSize\":38}", read);
        }

        @Test
        @DisplayName("are replaced by PUT and changed by a merge patch")
        void written() {
            Rest.replace(ada, MINE, "{\"department\":\"Sales\",\"address\":{\"city\":\"Paris\"}}");
            assertSeen(
                    "{\"address\":{\"city\":\"Paris\",\"zip\":\"75001\"},\"newsletter\":true}",
                    Rest.patch(
                            ada,
                            MINE,
                            "*",
                            "{\"address\":{\"zip\":\"75001\"},\"newsletter\":true,\"department\":null}"));
            assertSeen("{\"newsletter\":false}", Rest.replace(ada, MINE, "{\"newsletter\":false}"));
            assertSeen("{}", Rest.replace(ada, MINE, "{\"newsletter\":null}"));
        }

        @Test
        @DisplayName("hold nothing of the administrators' circle, for reading and for writing")
        void administrators() {
            Caller admin = Caller.admin();
            Rest.replace(admin, hers, "{\"riskScore\":0.5,\"costCentre\":\"K7\"}");
            assertSeen("{}", Rest.get(ada, MINE));
            assertSeen("{}", Rest.get(ada, hers));
            for (String name : List.of("riskScore", "costCentre", "noSuchThing")) {
                assertInvalid(
                        Rest.put(ada, MINE, "*", "{\"" + name + "\":1}"), "attributes." + name);
                assertInvalid(
                        Rest.patch(ada, MINE, "*", "{\"" + name + "\":null}"),
                        "attributes." + name);
            }
            // her own are all replaced, the others stay
            Rest.replace(ada, MINE, "{}");
            assertSeen("{\"costCentre\":\"K7\",\"riskScore\":0.5}", Rest.get(admin, hers));
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                textBlock =
                        """
                        {"department":7}                      | attributes.department
                        {"shoeSize":"38"}                     | attributes.shoeSize
                        {"shoeSize":38.5}                     | attributes.shoeSize
                        {"shoeSize":9}                        | attributes.shoeSize
                        {"shoeSize":99999999999999999999999}  | attributes.shoeSize
                        {"badge":"ab1234"}                    | attributes.badge
                        {"skills":["a","a"]}                  | attributes.skills
                        {"skills":["a",1]}                    | attributes.skills.1
                        {"address":{"zip":"1"}}               | attributes.address
                        {"address":{"city":"x","state":"y"}}  | attributes.address.state
                        {"address":[[[[[[[[[1]]]]]]]]]}       | attributes.address
                        """)
        @DisplayName("are refused by name where they break their schema, and nothing is stored")
        void invalid(String body, String field) {
            Rest.replace(ada, MINE, "{\"department\":\"Sales\"}");
            for (Response answer :
                    List.of(Rest.put(ada, MINE, "*", body), Rest.patch(ada, MINE, "*", body))) {
                assertProblem(400, "validation_failed", answer);
                assertEquals(
                        List.of(field),
                        Rest.json(answer).get("violations").findValuesAsText("field"));
            }
            assertSeen("{\"department\":\"Sales\"}", Rest.get(ada, MINE));
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(strings = {"[]", "1", "null", ""})
        @DisplayName("are a JSON object")
        void noObject(String body) {
            assertEquals(400, Rest.put(ada, MINE, "*", body).statusCode());
            assertEquals(400, Rest.patch(ada, MINE, "*", body).statusCode());
        }

        @Test
        @DisplayName("have a size")
        void tooLarge() {
            String body = "{\"address\":{\"city\":\"" + "x".repeat(17_000) + "\"}}";
            assertProblem(413, "payload_too_large", Rest.put(ada, MINE, "*", body));
        }

        @Test
        @DisplayName("are written against the tag last read: 428 without, 412 with a stale one")
        void preconditions() {
            String tag = Rest.tag(ada, MINE);
            assertProblem(428, "precondition_required", Rest.put(ada, MINE, null, "{}"));
            assertProblem(428, "precondition_required", Rest.patch(ada, MINE, null, "{}"));
            Rest.put(ada, MINE, tag, "{\"shoeSize\":40}").then().statusCode(200);
            assertProblem(412, "precondition_failed", Rest.put(ada, MINE, tag, "{}"));
            assertProblem(412, "precondition_failed", Rest.patch(ada, MINE, tag, "{}"));
            assertEquals(
                    304,
                    ada.request()
                            .header("If-None-Match", Rest.tag(ada, MINE))
                            .get(MINE)
                            .statusCode());
        }

        @Test
        @DisplayName("of two editors at once one wins")
        void race() throws InterruptedException {
            String tag = Rest.tag(ada, MINE);
            List<Integer> statuses =
                    AtOnce.numbered(
                            6,
                            i ->
                                    Rest.put(ada, MINE, tag, "{\"shoeSize\":" + (20 + i) + "}")
                                            .statusCode());
            assertEquals(1, statuses.stream().filter(s -> s == 200).count(), statuses.toString());
            assertEquals(5, statuses.stream().filter(s -> s == 412).count(), statuses.toString());
        }

        @Test
        @DisplayName("of twenty editors at once with `If-Match: *` all succeed")
        void anyVersion() throws InterruptedException {
            List<Integer> statuses =
                    AtOnce.numbered(
                            20,
                            i ->
                                    Rest.patch(ada, MINE, "*", "{\"shoeSize\":" + (20 + i) + "}")
                                            .statusCode());
            assertEquals(List.of(200), statuses.stream().distinct().toList());
        }

        @Test
        @DisplayName("leave an event that names what changed")
        void audited() {
            Rest.replace(ada, MINE, "{\"shoeSize\":40,\"newsletter\":true}");
            Rest.patch(ada, MINE, "*", "{\"shoeSize\":41}").then().statusCode(200);
            Rest.patch(ada, MINE, "*", "{\"shoeSize\":41}").then().statusCode(200);
            List<Map<String, Object>> events =
                    Database.query(
                            "SELECT actor_id, before::text, after::text FROM audit_events WHERE"
                                    + " action = 'attributes.updated' AND target_id = ? ORDER BY id",
                            ada.id);
            assertEquals(2, events.size(), "nothing to change is no change");
            assertEquals(ada.id, events.get(1).get("actor_id"));
            assertEquals("{\"shoeSize\": 40}", events.get(1).get("before"));
            assertEquals("{\"shoeSize\": 41}", events.get(1).get("after"));
        }

        @Test
        @DisplayName("survive a change of the profile, and the other way round")
        void besideTheProfile() {
            Rest.replace(ada, MINE, "{\"shoeSize\":40}");
            Rest.replace(ada, "/api/v1/me/profile", "{\"bio\":\"x\"}");
            String tag = Rest.tag(ada, "/api/v1/me/profile");
            Rest.replace(ada, MINE, "{\"shoeSize\":41}");
            assertEquals(tag, Rest.tag(ada, "/api/v1/me/profile"));
            Rest.put(ada, "/api/v1/me/profile", tag, "{\"bio\":\"y\"}").then().statusCode(200);
            assertSeen("{\"shoeSize\":41}", Rest.get(ada, MINE));
        }

        @Test
        @DisplayName("take a fixed number of statements")
        void statements() {
            Rest.replace(ada, MINE, "{\"shoeSize\":40}");
            assertEquals(2, Statements.of(() -> Rest.get(ada, MINE)).size(), "caller, read");
            assertEquals(
                    5,
                    Statements.of(() -> Rest.patch(ada, MINE, "*", "{\"shoeSize\":42}")).size(),
                    "caller, lock, read, change, event");
        }
    }

    @Nested
    @DisplayName("for another user")
    class Another {

        private Caller bob;

        @BeforeEach
        void enter() {
            bob = Caller.signUp();
        }

        @Test
        @DisplayName("are the public ones")
        void publicOnes() {
            Rest.replace(ada, MINE, "{\"department\":\"Sales\",\"shoeSize\":38}");
            assertSeen("{\"department\":\"Sales\"}", Rest.get(bob, hers));
            assertNotEquals(Rest.tag(ada, MINE), Rest.tag(bob, hers));
        }

        @Test
        @DisplayName("cannot be written: 403, whether or not there is such a user")
        void forbidden() {
            for (UUID id : List.of(ada.id, UUID.randomUUID())) {
                String path = "/api/v1/users/" + id + "/attributes";
                assertProblem(403, "forbidden", Rest.put(bob, path, "*", "{}"));
                assertProblem(
                        403, "forbidden", Rest.patch(bob, path, "*", "{\"department\":\"x\"}"));
            }
        }

        @Test
        @DisplayName("are 404 of nobody and of a deleted user")
        void missing() {
            Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", ada.id);
            for (UUID id : List.of(ada.id, UUID.randomUUID())) {
                assertProblem(
                        404, "not_found", Rest.get(bob, "/api/v1/users/" + id + "/attributes"));
            }
        }
    }

    @Nested
    @DisplayName("for support")
    class Support {

        @Test
        @DisplayName("are all of them, to look at: only its own can it write")
        void reads() {
            Caller support = Caller.signUp();
            grant(support, "support");
            Rest.replace(Caller.admin(), hers, "{\"department\":\"Sales\",\"costCentre\":\"K7\"}");
            assertSeen("{\"costCentre\":\"K7\",\"department\":\"Sales\"}", Rest.get(support, hers));
            assertProblem(
                    403, "forbidden", Rest.patch(support, hers, "*", "{\"department\":\"x\"}"));
            assertSeen("{\"shoeSize\":40}", Rest.replace(support, MINE, "{\"shoeSize\":40}"));
            assertInvalid(
                    Rest.patch(support, MINE, "*", "{\"costCentre\":\"K7\"}"),
                    "attributes.costCentre");
        }
    }

    @Nested
    @DisplayName("for an administrator")
    class Administrator {

        @Test
        @DisplayName("are all of them, held to what the schema says of them together")
        void all() {
            Caller admin = Caller.admin();
            Rest.replace(ada, MINE, "{\"department\":\"Sales\",\"shoeSize\":38}");
            Response incomplete = Rest.patch(admin, hers, "*", "{\"riskScore\":0.5}");
            assertProblem(400, "validation_failed", incomplete);
            Response patched =
                    Rest.patch(admin, hers, "*", "{\"riskScore\":0.5,\"costCentre\":\"K7\"}");
            assertSeen(
                    "{\"costCentre\":\"K7\",\"department\":\"Sales\",\"riskScore\":0.5,\"shoeSize\":38}",
                    patched);
            assertSeen("{\"shoeSize\":39}", Rest.replace(admin, hers, "{\"shoeSize\":39}"));
            assertSeen("{\"shoeSize\":39}", Rest.get(ada, MINE));
        }

        @Test
        @DisplayName("are 404 of nobody")
        void missing() {
            String nobody = "/api/v1/users/" + UUID.randomUUID() + "/attributes";
            assertProblem(404, "not_found", Rest.put(Caller.admin(), nobody, "*", "{}"));
            assertProblem(404, "not_found", Rest.get(Caller.admin(), nobody));
        }

        @Test
        @DisplayName("cannot be written of somebody who may do more")
        void above() {
            Caller clerk = Caller.signUp();
            Database.update(
                    "INSERT INTO roles (id, name, permissions) VALUES (gen_random_uuid(),"
                            + " 'attribute-clerk', '{users:update,users:read}') ON CONFLICT ON"
                            + " CONSTRAINT roles_name_key DO NOTHING");
            grant(clerk, "attribute-clerk");
            Rest.replace(clerk, hers, "{\"department\":\"Sales\"}");
            Caller admin = Caller.admin();
            assertProblem(
                    403,
                    "forbidden",
                    Rest.put(clerk, "/api/v1/users/" + admin.id + "/attributes", "*", "{}"));
        }

        @Test
        @DisplayName("a pattern that would take for ever is given up")
        void backtracking() {
            assertProblem(
                    400,
                    "validation_failed",
                    Rest.put(Caller.admin(), hers, "*", "{\"slow\":\"" + "a".repeat(900) + "\"}"));
        }

        @Test
        @DisplayName("do not show what no schema names, which stays")
        void unnamed() {
            Rest.replace(ada, MINE, "{\"shoeSize\":40}");
            Database.update(
                    "UPDATE user_profiles SET attributes = attributes || '{\"legacy\":1}' WHERE"
                            + " user_id = ?",
                    ada.id);
            Caller admin = Caller.admin();
            assertSeen("{\"shoeSize\":40}", Rest.get(admin, hers));
            Rest.replace(admin, hers, "{}");
            assertEquals(
                    "{\"legacy\": 1}",
                    Database.value(
                            "SELECT attributes::text FROM user_profiles WHERE user_id = ?",
                            ada.id));
        }
    }

    private static void grant(Caller caller, String role) {
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name = ?",
                caller.id,
                role);
    }

    private static void assertSeen(String expected, Response answer) {
        assertEquals(200, answer.statusCode(), answer.asString());
        JsonNode seen = Rest.json(answer);
        assertEquals(Rest.json(expected), seen);
    }
}
