package dev.roster.accounts;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.roster.accounts.betterauth.BetterAuth;
import dev.roster.testing.AtOnce;
import dev.roster.testing.Browser;
import dev.roster.testing.Caller;
import dev.roster.testing.Cookies;
import dev.roster.testing.Database;
import dev.roster.testing.MailedLinks;
import dev.roster.testing.Mails;
import dev.roster.testing.Rest;
import io.quarkus.arc.Arc;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.enterprise.inject.Any;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The attacks that went through elsewhere, against every endpoint of the dialect: the classes of
 * CVEs and advisories that the tests of the single areas do not cover for all endpoints alike. The
 * endpoints are those that the service has, so that a new one is attacked without being named here.
 */
@QuarkusTest
@DisplayName("An attacker")
class AttackTest {

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private static final String AUTH = "/api/auth";

    /** What holds a target to send the client to. */
    private static final List<String> TARGETS =
            List.of("callbackURL", "redirectTo", "errorCallbackURL", "newUserCallbackURL");

    /** Another host than this service's or a trusted one, in every disguise. */
    static List<String> foreignTargets() {
        List<String> targets = new ArrayList<>(MailedLinks.FOREIGN_TARGETS);
        targets.addAll(
                List.of(
                        "///evil.example",
                        "/\t/evil.example",
                        "/\n/evil.example",
                        "\thttps://evil.example",
                        "\u0085https://evil.example",
                        "/\u0085/evil.example",
                        "/\u0080",
                        "/\u009f/evil.example",
                        "/\u007f/evil.example",
                        "/%2Fevil.example",
                        "/%5Cevil.example",
                        "/..//evil.example",
                        "/%2e%2e//evil.example",
                        "/x/../..//evil.example",
                        "HTTPS://EVIL.EXAMPLE",
                        "JaVaScRiPt:alert(1)",
                        "java\tscript:alert(1)",
                        "vbscript:x",
                        "blob:http://localhost:8081/x",
                        "https://trusted.example:3000@evil.example",
                        "http://trusted.example:3000@evil.example",
                        "http://trusted.example:3000:x@evil.example",
                        "http://evil.example\\@trusted.example:3000",
                        "http://evil.example#@trusted.example:3000",
                        "http://trusted.example.evil.example:3000",
                        "http://trusted.example.:3000",
                        "http://trusted.example:3001",
                        "https://trusted.example:3000",
                        "http://trusted.example",
                        "http://trusted\uff0eexample:3000",
                        "http://\uff54rusted.example:3000",
                        "http://trusted\u3002example:3000",
                        "http://xn--trsted-rua.example:3000",
                        "http://trusted.example%00:3000",
                        "https://wild.example",
                        "https://a.wild.example.evil.example",
                        "https://a.wild.example:8443",
                        "https:/evil.example",
                        "https:///evil.example",
                        "http:\\\\evil.example",
                        "@evil.example",
                        ".evil.example"));
        return targets;
    }

    /** An endpoint of the dialect. */
    record Route(String method, String path) {

        boolean isPost() {
            return method.equals("POST");
        }

        @Override
        public String toString() {
            return method + " " + path;
        }

        /** Calls with these members in the body of a POST, and in the query besides. */
        Response call(RequestSpecification as, Map<String, ?> members, String placeHolder) {
            String filled = path.replaceAll("\\{\\w+}", MailedLinks.encode(placeHolder));
            String query =
                    members.entrySet().stream()
                            .filter(member -> member.getValue() instanceof String)
                            .map(
                                    member ->
                                            member.getKey()
                                                    + "="
                                                    + MailedLinks.encode(
                                                            (String) member.getValue()))
                            .collect(Collectors.joining("&"));
            RequestSpecification request = as.redirects().follow(false).urlEncodingEnabled(false);
            if (!isPost()) {
                return request.get(filled + "?" + query);
            }
            return Rest.body(request, Rest.JSON, json(members)).post(filled);
        }
    }

    static List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        Set<Class<?>> resources =
                Arc.container().beanManager().getBeans(Object.class, Any.Literal.INSTANCE).stream()
                        .<Class<?>>map(bean -> bean.getBeanClass())
                        .filter(type -> type.isAnnotationPresent(Path.class))
                        .filter(type -> type.getAnnotation(Path.class).value().startsWith(AUTH))
                        .collect(Collectors.toSet());
        for (Class<?> resource : resources) {
            assertTrue(resource.isAnnotationPresent(BetterAuth.class), resource.getName());
            String base = resource.getAnnotation(Path.class).value();
            Arrays.stream(resource.getDeclaredMethods())
                    .filter(
                            method ->
                                    method.isAnnotationPresent(GET.class)
                                            || method.isAnnotationPresent(POST.class))
                    .forEach(
                            method -> {
                                Path path = method.getAnnotation(Path.class);
                                String verb =
                                        method.isAnnotationPresent(GET.class) ? "GET" : "POST";
                                routes.add(
                                        new Route(verb, base + (path == null ? "" : path.value())));
                            });
        }
        assertTrue(routes.size() > 90, routes.toString());
        // which of them is tried with what depends on the place
        routes.sort(Comparator.comparing(Route::toString));
        return routes;
    }

    static List<Route> posts() {
        return routes().stream().filter(Route::isPost).toList();
    }

    static List<Route> gets() {
        return routes().stream().filter(route -> !route.isPost()).toList();
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static Response post(RequestSpecification as, String path, Object body) {
        return Rest.body(as, Rest.JSON, json(body)).post(AUTH + path);
    }

    private static Response signUp(Map<String, ?> more) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", "Test User");
        body.put("email", Caller.newEmail());
        body.put("password", Caller.PASSWORD);
        body.putAll(more);
        return post(given(), "/sign-up/email", body);
    }

    private static String organization(Caller owner, String name) {
        Response made =
                post(
                        owner.request(),
                        "/organization/create",
                        Map.of("name", name, "slug", "s-" + UUID.randomUUID()));
        made.then().statusCode(200);
        return made.path("id");
    }

    private static String invite(Caller owner, String organization, String email) {
        Response invited =
                post(
                        owner.request(),
                        "/organization/invite-member",
                        Map.of("email", email, "role", "member", "organizationId", organization));
        invited.then().statusCode(200);
        return invited.path("id");
    }

    /** Somebody who has one of everything, under a name that no answer to another may show. */
    private static final class Victim {

        /**
         * Writes the statement that reads the rows of every table with a user's or an
         * organization's id, as text: the catalogue is asked once.
         */
        private static final String OWNED =
                "SELECT string_agg(format('SELECT %L AS name, string_agg(t::text, '' '' ORDER BY"
                        + " t::text) AS rows FROM %I t WHERE %s HAVING count(*) > 0', name, name,"
                        + " mine), ' UNION ALL ') FROM (SELECT table_name AS name,"
                        + " string_agg(format('%I = %L', column_name, CASE WHEN column_name ="
                        + " 'user_id' OR table_name = 'users' THEN CAST(? AS text) ELSE CAST(? AS"
                        + " text) END), ' OR ') AS mine FROM information_schema.columns WHERE"
                        + " table_schema = 'public' AND data_type = 'uuid' AND table_name NOT"
                        + " IN ('verifications', 'mail_outbox') AND (column_name IN ('user_id', 'group_id') OR"
                        + " column_name = 'id' AND table_name IN ('users', 'groups')) GROUP BY"
                        + " table_name) tables";

        final String marker = "marker-" + UUID.randomUUID();
        final String email = Caller.newEmail();
        final UUID id;
        final String token;

        /** Every id of this user, by the member that endpoints take it in. */
        final Map<String, Object> ids = new LinkedHashMap<>();

        private final String owned;

        Victim() {
            Response made =
                    post(
                            given(),
                            "/sign-up/email",
                            Map.of("name", marker, "email", email, "password", marker));
            made.then().statusCode(200);
            id = UUID.fromString(made.path("user.id"));
            token = made.path("token");
            Response organization =
                    post(
                            as(),
                            "/organization/create",
                            Map.of("name", marker, "slug", "slug-" + id));
            organization.then().statusCode(200);
            String organizationId = organization.path("id");
            Response team =
                    post(as(), "/organization/create-team", Map.of("name", "team " + marker));
            team.then().statusCode(200);
            Response invitation =
                    post(
                            as(),
                            "/organization/invite-member",
                            Map.of("email", Caller.newEmail(), "role", "member"));
            invitation.then().statusCode(200);
            Response key = post(as(), "/api-key/create", Map.of("name", "key of the victim"));
            key.then().statusCode(200);
            Response device =
                    post(given(), "/device/code", Map.of("client_id", "tv", "scope", "all"));
            device.then().statusCode(200);
            String userCode = device.path("user_code");
            as().get(AUTH + "/device?user_code=" + userCode).then().statusCode(200);
            post(as(), "/two-factor/enable", Map.of("password", marker, "method", "totp"))
                    .then()
                    .statusCode(200);
            ids.put("userId", id.toString());
            ids.put("user_id", id.toString());
            ids.put("id", id.toString());
            ids.put("email", email);
            ids.put("sessionToken", token);
            ids.put("token", token);
            ids.put("organizationId", organizationId);
            ids.put("organizationSlug", "slug-" + id);
            ids.put("memberId", organization.path("members[0].id"));
            ids.put("memberIdOrEmail", organization.path("members[0].id"));
            ids.put("teamId", team.path("id"));
            ids.put("invitationId", invitation.path("id"));
            ids.put("keyId", key.path("id"));
            ids.put("userCode", userCode);
            ids.put("user_code", userCode);
            ids.put("accountId", accountId());
            owned = (String) Database.value(OWNED, id.toString(), organizationId);
        }

        private RequestSpecification as() {
            return Caller.as(token);
        }

        private String accountId() {
            return Database.value("SELECT id::text FROM credentials WHERE user_id = ?", id)
                    .toString();
        }

        /**
         * Every row that is this user's or its organization's, but for mails and their tokens: text
         * by table.
         */
        Map<String, String> rows() {
            Map<String, String> rows = new TreeMap<>();
            Database.query(owned)
                    .forEach(row -> rows.put((String) row.get("name"), (String) row.get("rows")));
            for (String table :
                    List.of("users", "sessions", "credentials", "api_keys", "device_codes")) {
                assertTrue(rows.containsKey(table), table + " is not in " + rows.keySet());
            }
            for (String table : List.of("groups", "memberships", "teams", "invitations")) {
                assertTrue(rows.containsKey(table), table + " is not in " + rows.keySet());
            }
            return rows;
        }

        /** A body in which every endpoint finds what it needs, and this user's ids. */
        Map<String, Object> body() {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("name", "Attacked");
            body.put("username", "attacked");
            body.put("slug", "attacked-" + UUID.randomUUID());
            body.put("role", "owner");
            body.put("password", Caller.PASSWORD);
            body.put("currentPassword", Caller.PASSWORD);
            body.put("newPassword", "another-password-of-mine");
            body.put("newEmail", Caller.newEmail());
            body.put("provider", "github");
            body.put("providerId", "credential");
            body.put("code", "000000");
            body.put("client_id", "tv");
            body.put("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
            body.put("device_code", "x".repeat(40));
            body.put("banReason", "attacked");
            body.put("data", Map.of("name", "Attacked"));
            body.put("permissions", Map.of("member", List.of("delete")));
            body.put("enabled", false);
            body.putAll(ids);
            return body;
        }

        void assertUntouched(Map<String, String> before, Response answer, Object by) {
            String text = by + ": " + answer.statusCode() + " " + answer.asString();
            assertTrue(answer.statusCode() < 500, text);
            assertFalse(answer.asString().contains(marker), text);
            assertFalse(answer.asString().contains(token), text);
            assertFalse(answer.headers().toString().contains(token), text);
            assertEquals(before, rows(), text);
        }
    }

    @Nested
    @DisplayName("who redirects elsewhere (GHSA-86j7-9j95-vpqj, CVE-2026-28512, CVE-2026-7571)")
    class OpenRedirects {

        @ParameterizedTest(name = "{0}")
        @MethodSource("dev.roster.accounts.AttackTest#foreignTargets")
        @DisplayName("is refused each disguise in each member")
        void bodies(String target) {
            for (String member : TARGETS) {
                for (String path : List.of("/sign-in/email", "/request-password-reset")) {
                    Map<String, String> body =
                            Map.of(
                                    "email",
                                    "nobody@example.com",
                                    "password",
                                    Caller.PASSWORD,
                                    member,
                                    target);
                    assertRefused(post(given(), path, body), target);
                }
            }
            Response inQuery =
                    given().queryParam("callbackURL", target)
                            .contentType(ContentType.JSON)
                            .body("{}")
                            .post(AUTH + "/sign-in/email");
            assertRefused(inQuery, target);
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("dev.roster.accounts.AttackTest#posts")
        @DisplayName("is refused by every endpoint, whether or not it reads the member")
        void everyEndpoint(Route route) {
            int turn = posts().indexOf(route);
            for (String member : TARGETS) {
                String target =
                        some(1, turn++, "https://evil.example", "//evil.example", "/\\e").get(0);
                Response answer = route.call(given(), Map.of(member, target), "x");
                // a provider's callback has a content type of its own
                if (answer.statusCode() != 415) {
                    assertRefused(answer, route + " " + target);
                }
            }
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("dev.roster.accounts.AttackTest#gets")
        @DisplayName("is redirected nowhere by a link")
        void links(Route route) {
            Caller caller = Caller.signUp();
            boolean followed =
                    Set.of("/verify-email", "/reset-password/{token}", "/delete-user/callback")
                            .contains(route.path().substring(AUTH.length()));
            String[] targets = foreignTargets().toArray(String[]::new);
            int turn = gets().indexOf(route);
            // those that follow one are shown all, the others a few each
            for (String target : some(followed ? targets.length : 3, turn, targets)) {
                for (String member : TARGETS) {
                    Map<String, String> query = Map.of("token", "x".repeat(24), member, target);
                    Response answer = route.call(caller.request(), query, "x");
                    String location = answer.header("Location");
                    assertTrue(
                            location == null
                                    || location.startsWith(Caller.ORIGIN + "/")
                                    || location.startsWith("/") && !location.startsWith("//"),
                            route + " " + target + " " + location);
                    if (followed && member.equals("callbackURL")) {
                        assertEquals(403, answer.statusCode(), route + " " + target);
                    }
                }
            }
        }

        private void assertRefused(Response answer, String what) {
            assertEquals(403, answer.statusCode(), what + answer.asString());
            assertEquals(null, answer.header("Location"), what);
        }
    }

    @Nested
    @DisplayName("who forges where a request went (GHSA-3529-5m8x-rpv3, CVE-2025-70948)")
    class ForgedHost {

        private final Map<String, String> forged =
                Map.of(
                        "X-Forwarded-Host", "evil.example",
                        "X-Forwarded-Proto", "https",
                        "X-Forwarded-Port", "443",
                        "X-Forwarded-Server", "evil.example",
                        "X-Forwarded-Prefix", "//evil.example",
                        "X-Original-Host", "evil.example",
                        "X-Host", "evil.example",
                        "Forwarded", "for=192.0.2.1;host=evil.example;proto=https");

        private RequestSpecification forge(RequestSpecification request) {
            return request.header("Host", "evil.example").headers(forged);
        }

        @Test
        @DisplayName("changes no link in any mail")
        void links() {
            Caller ada = Caller.signUp();
            post(
                            forge(given()),
                            "/request-password-reset",
                            Map.of("email", ada.email, "redirectTo", "/x"))
                    .then()
                    .statusCode(200);
            assertOurs(ada.email, "RESET_PASSWORD");
            post(forge(given()), "/send-verification-email", Map.of("email", ada.email))
                    .then()
                    .statusCode(200);
            assertOurs(ada.email, "VERIFY_EMAIL");
            String another = Caller.newEmail();
            post(forge(ada.request()), "/change-email", Map.of("newEmail", another))
                    .then()
                    .statusCode(200);
            assertOurs(another, "VERIFY_EMAIL");
            Database.update("UPDATE users SET email_verified = true WHERE id = ?", ada.id);
            post(forge(ada.request()), "/change-email", Map.of("newEmail", Caller.newEmail()))
                    .then()
                    .statusCode(200);
            assertOurs(ada.email, "CHANGE_EMAIL");
            String organization = organization(ada, "Acme");
            String guest = Caller.newEmail();
            post(
                            forge(ada.request()),
                            "/organization/invite-member",
                            Map.of(
                                    "email",
                                    guest,
                                    "role",
                                    "member",
                                    "organizationId",
                                    organization))
                    .then()
                    .statusCode(200);
            assertOurs(guest, "INVITATION");
            String device =
                    post(forge(given()), "/device/code", Map.of("client_id", "tv")).asString();
            assertFalse(device.contains("evil.example"), device);
        }

        private void assertOurs(String email, String kind) {
            Mails.Mail mail = Mails.last(kind, email);
            assertTrue(mail.value("url").startsWith(Caller.ORIGIN + "/"), mail.value("url"));
            assertFalse(mail.values().toString().contains("evil.example"), mail.toString());
        }

        @Test
        @DisplayName("changes no cookie's name or attributes")
        void cookies() {
            Caller ada = Caller.signUp();
            Response plain = Caller.signIn(ada.email, Caller.PASSWORD);
            Response answer =
                    post(
                            forge(given()),
                            "/sign-in/email",
                            Map.of("email", ada.email, "password", Caller.PASSWORD));
            answer.then().statusCode(200);
            Function<Response, List<String>> shape =
                    response ->
                            Cookies.set(response).stream()
                                    .map(line -> line.replaceFirst("=[^;]*", "="))
                                    .toList();
            assertEquals(shape.apply(plain), shape.apply(answer));
        }

        @Test
        @DisplayName("makes no page trusted, nor any target")
        void origins() {
            Browser ada = new Browser();
            String email = Caller.newEmail();
            ada.post(
                            "/sign-up/email",
                            Map.of("name", "Ada", "email", email, "password", Caller.PASSWORD))
                    .then()
                    .statusCode(200);
            String cookie = Cookies.SESSION + "=" + ada.cookie("session_token");
            for (String origin : List.of("https://evil.example", "http://evil.example", "null")) {
                post(
                                forge(given()).header("Origin", origin).header("Cookie", cookie),
                                "/update-user",
                                Map.of("name", "Eve"))
                        .then()
                        .statusCode(403)
                        .header("Access-Control-Allow-Origin", nullValue());
            }
            post(
                            forge(given()),
                            "/sign-in/email",
                            Map.of(
                                    "email",
                                    email,
                                    "password",
                                    Caller.PASSWORD,
                                    "callbackURL",
                                    "https://evil.example/"))
                    .then()
                    .statusCode(403);
            // nor does the forgery keep the real page out
            post(
                            forge(given()).header("Origin", Caller.ORIGIN).header("Cookie", cookie),
                            "/update-user",
                            Map.of("name", "Ada L."))
                    .then()
                    .statusCode(200);
        }
    }

    @Nested
    @DisplayName("who sets what only the service sets (CVE-2026-27946)")
    class MassAssignment {

        private final Map<String, Object> members =
                Map.ofEntries(
                        Map.entry("role", "admin"),
                        Map.entry("roles", List.of("admin")),
                        Map.entry("emailVerified", true),
                        Map.entry("email_verified", true),
                        Map.entry("banned", true),
                        Map.entry("banReason", "mine"),
                        Map.entry("banExpires", "2001-01-01T00:00:00.000Z"),
                        Map.entry("id", "00000000-0000-7000-8000-000000000001"),
                        Map.entry("createdAt", "2001-01-01T00:00:00.000Z"),
                        Map.entry("updatedAt", "2001-01-01T00:00:00.000Z"),
                        Map.entry("twoFactorEnabled", true),
                        Map.entry("isAnonymous", true),
                        Map.entry("anonymous", true),
                        Map.entry("externalId", "mine"),
                        Map.entry("external_id", "mine"),
                        Map.entry("status", "invited"),
                        Map.entry("deletedAt", "2001-01-01T00:00:00.000Z"),
                        Map.entry("version", 7),
                        Map.entry("emailKey", "mine@example.com"),
                        Map.entry("__proto__", Map.of("role", "admin")));

        private void assertPlain(String column, Object key) {
            assertEquals(
                    "f f null null active f f null t 0",
                    Database.value(
                            "SELECT concat_ws(' ', email_verified, banned, coalesce(ban_reason,"
                                    + " 'null'), coalesce(ban_expires::text, 'null'), status,"
                                    + " two_factor_enabled, anonymous, coalesce(external_id,"
                                    + " coalesce(deleted_at::text, 'null')), created_at > now() -"
                                    + " interval '1 hour' AND updated_at > now() - interval '1"
                                    + " hour' AND id <>"
                                    + " '00000000-0000-7000-8000-000000000001', (SELECT count(*)"
                                    + " FROM role_grants WHERE user_id = u.id)) FROM users u WHERE "
                                    + column
                                    + " = ?",
                            key),
                    column + " " + key);
        }

        @Test
        @DisplayName("signs up as anybody would, or not at all")
        void signsUp() {
            members.forEach(
                    (name, value) -> {
                        String email = Caller.newEmail();
                        Response answer = signUp(Map.of("email", email, name, value));
                        if (answer.statusCode() == 200) {
                            assertPlain("email_key", email);
                        } else {
                            assertEquals(400, answer.statusCode(), name + answer.asString());
                            assertEquals(
                                    0L,
                                    Database.value(
                                            "SELECT count(*) FROM users WHERE email_key = ?",
                                            email),
                                    name);
                        }
                    });
        }

        @Test
        @DisplayName("changes nothing else of itself, nor of its session")
        void updates() {
            Caller ada = Caller.signUp();
            members.forEach(
                    (name, value) -> {
                        Response answer =
                                post(
                                        ada.request(),
                                        "/update-user",
                                        Map.of("name", "Ada", name, value));
                        assertTrue(
                                Set.of(200, 400).contains(answer.statusCode()),
                                name + answer.asString());
                        assertPlain("id", ada.id);
                    });
            String session =
                    "SELECT concat_ws(' ', user_id, impersonated_by, active_organization_id,"
                            + " expires_at, created_at) FROM sessions WHERE user_id = ?";
            Object before = Database.value(session, ada.id);
            Map.of(
                            "userId", Caller.signUp().id.toString(),
                            "expiresAt", "2099-01-01T00:00:00.000Z",
                            "createdAt", "2001-01-01T00:00:00.000Z",
                            "impersonatedBy", "x",
                            "activeOrganizationId", "x",
                            "activeTeamId", "x",
                            "token", "x",
                            "id", "x")
                    .forEach(
                            (name, value) -> {
                                int status =
                                        post(ada.request(), "/update-session", Map.of(name, value))
                                                .statusCode();
                                assertEquals(400, status, name);
                                assertEquals(before, Database.value(session, ada.id), name);
                            });
        }

        @Test
        @DisplayName("sets name and the like of an organization, and nothing else")
        void organizations() {
            Caller ada = Caller.signUp();
            String other = Caller.signUp().id.toString();
            String row =
                    "SELECT concat_ws(' ', id, external_id, created_at, (SELECT"
                            + " string_agg(m.user_id || array_to_string(m.roles, ','), ' ') FROM"
                            + " memberships m WHERE m.group_id = g.id)) FROM groups g WHERE id ="
                            + " CAST(? AS uuid)";
            Map<String, Object> more = new LinkedHashMap<>(members);
            more.put("userId", other);
            more.put("members", List.of(Map.of("userId", other, "role", "owner")));
            more.forEach(
                    (name, value) -> {
                        Response made =
                                post(
                                        ada.request(),
                                        "/organization/create",
                                        Map.of(
                                                "name",
                                                "Acme",
                                                "slug",
                                                "s-" + UUID.randomUUID(),
                                                name,
                                                value));
                        if (made.statusCode() != 200) {
                            assertTrue(made.statusCode() < 500, name + made.asString());
                            return;
                        }
                        String id = made.path("id");
                        Object before = Database.value(row, id);
                        assertTrue(
                                before.toString().endsWith(ada.id + "owner"), name + " " + before);
                        assertTrue(
                                (boolean)
                                        Database.value(
                                                "SELECT created_at > now() - interval '1 hour' AND"
                                                        + " external_id IS NULL FROM groups WHERE id ="
                                                        + " CAST(? AS uuid)",
                                                id),
                                name);
                        post(
                                ada.request(),
                                "/organization/update",
                                Map.of(
                                        "organizationId",
                                        id,
                                        "data",
                                        Map.of("name", "B", name, value)));
                        assertEquals(before, Database.value(row, id), name);
                        post(ada.request(), "/organization/delete", Map.of("organizationId", id));
                    });
        }

        @Test
        @DisplayName("lifts no limit of an API key, and makes none for another (CVE-2025-61928)")
        void apiKeys() {
            Caller ada = Caller.signUp();
            Caller eve = Caller.signUp();
            String row = "SELECT api_keys::text FROM api_keys WHERE id = CAST(? AS uuid)";
            Response made = post(ada.request(), "/api-key/create", Map.of("name", "k"));
            made.then().statusCode(200);
            String key = made.path("id");
            Object before = Database.value(row, key);
            Map<String, Object> more = new LinkedHashMap<>(members);
            more.put("userId", eve.id.toString());
            more.put("user_id", eve.id.toString());
            more.put("referenceId", eve.id.toString());
            more.put("key", "chosen");
            more.put("start", "chosen");
            more.put("lastRequest", "2001-01-01T00:00:00.000Z");
            more.put("requestCount", -5);
            more.put("remaining", 5);
            more.put("refillAmount", 5);
            more.put("rateLimitEnabled", false);
            more.put("rateLimitMax", 1_000_000);
            more.put("permissions", Map.of("users", List.of("write")));
            more.forEach(
                    (name, value) -> {
                        Response changed =
                                post(
                                        ada.request(),
                                        "/api-key/update",
                                        Map.of("keyId", key, name, value));
                        assertTrue(
                                changed.statusCode() >= 400 && changed.statusCode() < 500,
                                name + changed.asString());
                        assertEquals(before, Database.value(row, key), name);
                        Response second =
                                post(
                                        ada.request(),
                                        "/api-key/create",
                                        Map.of("name", "n", name, value));
                        assertTrue(second.statusCode() < 500, name + second.asString());
                        if (second.statusCode() == 200) {
                            Map<String, Object> plain = new LinkedHashMap<>(second.path(""));
                            assertEquals(ada.id.toString(), plain.get("referenceId"), name);
                            assertNotEquals(value, plain.get(name), name);
                        }
                    });
            assertEquals(
                    0L, Database.value("SELECT count(*) FROM api_keys WHERE user_id = ?", eve.id));
        }

        @Test
        @DisplayName("who administers sets no more than the contract says")
        void administrators() {
            Caller admin = Caller.admin();
            for (String name :
                    List.of(
                            "id",
                            "createdAt",
                            "updatedAt",
                            "twoFactorEnabled",
                            "isAnonymous",
                            "externalId",
                            "status",
                            "deletedAt",
                            "version")) {
                String email = Caller.newEmail();
                Response made =
                        post(
                                admin.request(),
                                "/admin/create-user",
                                Map.of(
                                        "email",
                                        email,
                                        "name",
                                        "Made",
                                        "password",
                                        Caller.PASSWORD,
                                        "data",
                                        Map.of(name, members.get(name))));
                assertTrue(Set.of(200, 400).contains(made.statusCode()), name + made.asString());
                if (made.statusCode() == 200) {
                    assertPlain("email_key", email);
                }
                Caller ada = Caller.signUp();
                Response changed =
                        post(
                                admin.request(),
                                "/admin/update-user",
                                Map.of(
                                        "userId",
                                        ada.id.toString(),
                                        "data",
                                        Map.of("name", "B", name, members.get(name))));
                assertTrue(
                        Set.of(200, 400).contains(changed.statusCode()), name + changed.asString());
                assertPlain("id", ada.id);
            }
        }
    }

    /** What needs nobody signed in: signing up and in, health, and what says the same to all. */
    private static final Set<String> OPEN =
            Set.of(
                    "GET /api/auth/ok",
                    "GET /api/auth/error",
                    "GET /api/auth/jwks",
                    "GET /api/auth/get-session",
                    "POST /api/auth/get-session",
                    "POST /api/auth/sign-out",
                    "POST /api/auth/sign-in/anonymous",
                    "POST /api/auth/is-username-available",
                    "POST /api/auth/request-password-reset",
                    "POST /api/auth/send-verification-email",
                    "POST /api/auth/device/code",
                    "GET /api/auth/device",
                    "POST /api/auth/sign-in/magic-link",
                    "POST /api/auth/email-otp/send-verification-otp",
                    "POST /api/auth/email-otp/request-password-reset",
                    "POST /api/auth/forget-password/email-otp",
                    // of the device's own cookies, and it shows none
                    "GET /api/auth/multi-session/list-device-sessions");

    @Nested
    @DisplayName("who names another user (CVE-2025-61928, GHSA-fmh4-wcc4-5jm3, CVE-2026-45337)")
    class ForeignIds {

        @Test
        @DisplayName("without a session is told and changes nothing at any endpoint")
        void nobody() {
            Victim victim = new Victim();
            Map<String, String> before = victim.rows();
            List<String> failures = new ArrayList<>();
            for (Route route : routes()) {
                Response answer =
                        route.call(given(), victim.body(), victim.ids.get("id").toString());
                victim.assertUntouched(before, answer, route);
                if (answer.statusCode() == 200 && !OPEN.contains(route.toString())) {
                    failures.add(route + answer.asString());
                }
            }
            assertEquals(List.of(), failures);
        }

        @Test
        @DisplayName("in a session of its own is told and changes nothing at any endpoint")
        void another() {
            Victim victim = new Victim();
            Map<String, String> before = victim.rows();
            for (Route route : routes()) {
                Caller eve = Caller.signUp();
                Response answer =
                        route.call(eve.request(), victim.body(), victim.ids.get("id").toString());
                victim.assertUntouched(before, answer, route);
            }
        }

        @Test
        @DisplayName("beside an organization of its own crosses into no other")
        void acrossOrganizations() {
            Victim victim = new Victim();
            Map<String, String> before = victim.rows();
            for (Route route : routes()) {
                if (!route.path().matches(".*/(organization|api-key)/.*")) {
                    continue;
                }
                Caller eve = Caller.signUp();
                String own = organization(eve, "Evil");
                Map<String, Object> body = victim.body();
                body.put("organizationId", own);
                body.remove("organizationSlug");
                victim.assertUntouched(before, route.call(eve.request(), body, own), route);
                body.remove("organizationId");
                body.put("memberIdOrEmail", victim.email);
                victim.assertUntouched(before, route.call(eve.request(), body, own), route);
                // each endpoint has an id of its own in the member that others have the user's in
                for (String name : List.of("invitationId", "teamId", "keyId", "organizationId")) {
                    body.put("id", victim.ids.get(name));
                    victim.assertUntouched(before, route.call(eve.request(), body, own), route);
                }
            }
        }

        @Test
        @DisplayName("by what is no id is told so, and never by an error of ours")
        void malformed() {
            Map<String, Object> whole = new Victim().body();
            Set<String> ids =
                    whole.keySet().stream()
                            .filter(
                                    name ->
                                            name.toLowerCase(Locale.ROOT)
                                                            .matches(".*(id|token|code|slug).*")
                                                    || name.equals("memberIdOrEmail"))
                            .collect(Collectors.toSet());
            List<String> failures = new ArrayList<>();
            Caller admin = null;
            List<Route> routes = routes();
            for (Route route : routes) {
                admin = stillThere(admin);
                for (String bad :
                        some(
                                3,
                                routes.indexOf(route),
                                "\u0000",
                                "'; DROP TABLE users; --",
                                "\"\\\"",
                                "%00",
                                "../../etc/passwd",
                                "\ud83d\ude00\u202e",
                                "\ud800",
                                "00000000-0000-0000-0000-000000000000",
                                "0-0-0-0-0",
                                "-1",
                                "x".repeat(300))) {
                    Map<String, Object> body = new LinkedHashMap<>(whole);
                    ids.forEach(name -> body.put(name, bad));
                    Response answer = route.call(admin.request(), body, bad);
                    if (answer.statusCode() >= 500) {
                        failures.add(route + " " + answer.statusCode() + " " + json(bad));
                    }
                }
                for (Object bad :
                        some(
                                1,
                                routes.indexOf(route),
                                null,
                                7,
                                true,
                                List.of("x"),
                                Map.of("$ne", ""),
                                List.of())) {
                    Map<String, Object> body = new LinkedHashMap<>(whole);
                    ids.forEach(name -> body.put(name, bad));
                    Response answer = route.call(admin.request(), body, "x");
                    if (answer.statusCode() >= 500) {
                        failures.add(route + " " + answer.statusCode() + " " + json(bad));
                    }
                }
            }
            assertEquals(List.of(), failures);
        }
    }

    /** A few of the values for each route, others for the next one: all for all take minutes. */
    @SafeVarargs
    private static <T> List<T> some(int number, int first, T... values) {
        List<T> some = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            some.add(values[(first * number + i) % values.length]);
        }
        return some;
    }

    /** An administrator with an organization: the same one for as long as it is signed in. */
    private static Caller stillThere(Caller admin) {
        if (admin != null
                && !admin.request().get(AUTH + "/get-session").asString().equals("null")) {
            return admin;
        }
        Caller another = Caller.admin();
        organization(another, "Acme");
        return another;
    }

    @Nested
    @DisplayName("who plants a session before somebody signs in (CVE-2026-7507)")
    class Fixation {

        private List<String> planted() {
            Caller eve = Caller.signUp();
            return List.of(
                    Cookies.encode(Cookies.sign(eve.token, Mails.secret())),
                    Cookies.encode(Cookies.sign("x".repeat(32), Mails.secret())),
                    eve.token,
                    "x".repeat(32) + ".x",
                    "");
        }

        private void assertNew(String planted, Response answer, String email) {
            answer.then().statusCode(200);
            String token = Cookies.decode(Cookies.session(answer)).split("\\.")[0];
            assertNotEquals(Cookies.decode(planted).split("\\.")[0], token);
            Caller.as(token)
                    .get(AUTH + "/get-session")
                    .then()
                    .statusCode(200)
                    .body("user.email", equalTo(email));
            // what was planted is not this user's now
            Response before =
                    given().header("Cookie", Cookies.SESSION + "=" + planted)
                            .get(AUTH + "/get-session");
            assertNotEquals(
                    email, before.asString().equals("null") ? null : before.path("user.email"));
        }

        @Test
        @DisplayName("does not share the session of who signs up or in")
        void passwords() {
            for (String planted : planted()) {
                Browser ada = new Browser().with("session_token", planted);
                String email = Caller.newEmail();
                assertNew(
                        planted,
                        ada.copy()
                                .post(
                                        "/sign-up/email",
                                        Map.of(
                                                "name",
                                                "Ada",
                                                "email",
                                                email,
                                                "password",
                                                Caller.PASSWORD)),
                        email);
                assertNew(
                        planted,
                        ada.post(
                                "/sign-in/email",
                                Map.of("email", email, "password", Caller.PASSWORD)),
                        email);
            }
        }

        @Test
        @DisplayName("does not share the session that a second factor begins")
        void secondFactor() {
            for (String planted : planted()) {
                String email = withMailedCodes();
                Browser ada = new Browser().with("session_token", planted);
                Response first =
                        ada.post(
                                "/sign-in/email",
                                Map.of("email", email, "password", Caller.PASSWORD));
                first.then().statusCode(200).body("twoFactorRedirect", equalTo(true));
                ada.post("/two-factor/send-otp", Map.of()).then().statusCode(200);
                String code = Mails.last("TWO_FACTOR_CODE", email).value("code");
                assertNew(planted, ada.post("/two-factor/verify-otp", Map.of("code", code)), email);
            }
        }

        @Test
        @DisplayName("has one's own token replaced by each sign-in")
        void own() {
            Caller ada = Caller.signUp();
            String planted = Cookies.encode(Cookies.sign(ada.token, Mails.secret()));
            Response answer =
                    new Browser()
                            .with("session_token", planted)
                            .post(
                                    "/sign-in/email",
                                    Map.of("email", ada.email, "password", Caller.PASSWORD));
            answer.then().statusCode(200);
            assertNotEquals(ada.token, Cookies.decode(Cookies.session(answer)).split("\\.")[0]);
        }
    }

    /** The address of a new user who is mailed a code at each sign-in. */
    private static String withMailedCodes() {
        Caller ada = Caller.signUp();
        post(
                        ada.request(),
                        "/two-factor/enable",
                        Map.of("password", Caller.PASSWORD, "method", "otp"))
                .then()
                .statusCode(200);
        return ada.email;
    }

    @Nested
    @DisplayName("who changes or cuts off a token (GHSA-6mq3-xmgp-pjm5)")
    class SpoiledTokens {

        /** Every third place, which is every kind of place there is. */
        private List<String> sample(String token) {
            List<String> all = MailedLinks.spoiled(token);
            List<String> sample = new ArrayList<>();
            for (int i = 0; i < all.size(); i += 3) {
                sample.add(all.get(i));
            }
            // cut off before and behind what separates value and signature, and all but the end
            sample.add(token.substring(token.length() / 2));
            sample.add(all.get(all.size() - 1));
            sample.add(all.get(all.size() - 2));
            sample.removeIf(token::equals);
            return sample;
        }

        @Test
        @DisplayName("has no session by a signed bearer token")
        void bearer() {
            Caller ada = Caller.signUp();
            String signed = Cookies.sign(ada.token, Mails.secret());
            Caller.as(signed)
                    .get(AUTH + "/get-session")
                    .then()
                    .body("user.email", equalTo(ada.email));
            for (String spoiled : sample(signed)) {
                if (!spoiled.equals(ada.token)) {
                    Caller.as(spoiled)
                            .get(AUTH + "/get-session")
                            .then()
                            .statusCode(200)
                            .body(equalTo("null"));
                }
            }
        }

        @Test
        @DisplayName("passes no second factor by the cookie of a waiting sign-in")
        void waitingSignIn() {
            String email = withMailedCodes();
            Browser ada = new Browser();
            ada.post("/sign-in/email", Map.of("email", email, "password", Caller.PASSWORD));
            ada.post("/two-factor/send-otp", Map.of()).then().statusCode(200);
            String code = Mails.last("TWO_FACTOR_CODE", email).value("code");
            String cookie = ada.cookie("two_factor");
            assertNotNull(cookie);
            for (String spoiled : sample(cookie)) {
                Response answer =
                        new Browser()
                                .with("two_factor", spoiled)
                                .post("/two-factor/verify-otp", Map.of("code", code));
                assertEquals(401, answer.statusCode(), spoiled + answer.asString());
            }
            ada.post("/two-factor/verify-otp", Map.of("code", code)).then().statusCode(200);
        }

        @Test
        @DisplayName("does not come back as the administrator who impersonated")
        void administrator() {
            Caller admin = Caller.admin();
            Browser browser = new Browser();
            browser.post(
                            "/sign-in/email",
                            Map.of("email", admin.email, "password", Caller.PASSWORD))
                    .then()
                    .statusCode(200);
            browser.post("/admin/impersonate-user", Map.of("userId", Caller.signUp().id.toString()))
                    .then()
                    .statusCode(200);
            String cookie = browser.cookie("admin_session");
            assertNotNull(cookie);
            for (String spoiled : sample(cookie)) {
                browser.copy()
                        .with("admin_session", spoiled)
                        .post("/admin/stop-impersonating", Map.of())
                        .then()
                        .statusCode(400);
            }
            browser.post("/admin/stop-impersonating", Map.of()).then().statusCode(200);
        }

        @Test
        @DisplayName("has no session of a device's other users")
        void otherUsers() {
            Caller ada = Caller.signUp();
            String name = "session_token_multi-" + ada.token.toLowerCase(Locale.ROOT);
            String whole = Cookies.encode(Cookies.sign(ada.token, Mails.secret()));
            for (String spoiled : sample(whole)) {
                Response answer =
                        new Browser()
                                .with(name, spoiled)
                                .post(
                                        "/multi-session/set-active",
                                        Map.of("sessionToken", ada.token));
                assertEquals(401, answer.statusCode(), spoiled);
            }
            new Browser()
                    .with(name, whole)
                    .post("/multi-session/set-active", Map.of("sessionToken", ada.token))
                    .then()
                    .statusCode(200);
        }

        @Test
        @DisplayName("is handed no session by a one-time token, and the whole one stays good")
        void oneTimeToken() {
            Caller ada = Caller.signUp();
            String token = ada.request().get(AUTH + "/one-time-token/generate").path("token");
            for (String spoiled : sample(token)) {
                post(given(), "/one-time-token/verify", Map.of("token", spoiled))
                        .then()
                        .statusCode(400);
            }
            post(given(), "/one-time-token/verify", Map.of("token", token)).then().statusCode(200);
        }

        @Test
        @DisplayName("is nobody by an API key")
        void apiKey() {
            Caller ada = Caller.signUp();
            String key = post(ada.request(), "/api-key/create", Map.of()).path("key");
            for (String spoiled : sample(key)) {
                int status = given().header("x-api-key", spoiled).get("/api/v1/me").statusCode();
                assertEquals(401, status, spoiled);
            }
            given().header("x-api-key", key).get("/api/v1/me").then().statusCode(200);
        }

        @Test
        @DisplayName("gets no device signed in by its code")
        void deviceCode() {
            Caller ada = Caller.signUp();
            Response begun = post(given(), "/device/code", Map.of("client_id", "tv"));
            String userCode = begun.path("user_code");
            String deviceCode = begun.path("device_code");
            ada.request().get(AUTH + "/device?user_code=" + userCode).then().statusCode(200);
            post(ada.request(), "/device/approve", Map.of("userCode", userCode))
                    .then()
                    .statusCode(200);
            for (String spoiled : sample(deviceCode)) {
                redeem(spoiled).then().statusCode(400).body("error", equalTo("invalid_grant"));
            }
            redeem(deviceCode).then().statusCode(200);
        }

        private Response redeem(String deviceCode) {
            return post(
                    given(),
                    "/device/token",
                    Map.of(
                            "grant_type",
                            "urn:ietf:params:oauth:grant-type:device_code",
                            "device_code",
                            deviceCode,
                            "client_id",
                            "tv"));
        }

        @Test
        @DisplayName("crashes nothing by an Authorization header (GHSA-xmf8-cvqr-rfgj)")
        void headers() {
            for (String header :
                    List.of(
                            "Bearer",
                            "Bearer ",
                            "Bearer .",
                            "Bearer %",
                            "Bearer %00",
                            "Bearer %zz.%zz",
                            "Bearer a.b.c",
                            "Bearer eyJhbGciOiJub25lIn0..",
                            "Bearer " + "x".repeat(5000),
                            "bearer \u00e4",
                            "Basic Og==",
                            ",",
                            "=")) {
                for (String path :
                        List.of(AUTH + "/get-session", AUTH + "/list-sessions", "/api/v1/me")) {
                    Response answer = given().header("Authorization", header).get(path);
                    assertTrue(answer.statusCode() < 500, header + " " + answer.statusCode());
                    assertFalse(answer.asString().contains("@"), header);
                }
            }
        }
    }

    @Nested
    @DisplayName("who redeems one thing many times at once (GHSA-392p-2q2v-4372, CVE-2026-1035)")
    class Races {

        @Test
        @DisplayName("accepts an invitation once")
        void accepts() throws InterruptedException {
            Caller owner = Caller.signUp();
            String organization = organization(owner, "Acme");
            Caller ada = Caller.signUp();
            String id = invite(owner, organization, ada.email);
            List<Response> answers =
                    AtOnce.run(
                            12,
                            () ->
                                    post(
                                            ada.request(),
                                            "/organization/accept-invitation",
                                            Map.of("invitationId", id)));
            assertEquals(1, won(answers));
            assertEquals(
                    1L,
                    Database.value("SELECT count(*) FROM memberships WHERE user_id = ?", ada.id));
        }

        @Test
        @DisplayName("does not accept what is withdrawn or rejected at that moment")
        void acceptsOrNot() throws InterruptedException {
            for (int i = 0; i < 5; i++) {
                Caller owner = Caller.signUp();
                String organization = organization(owner, "Acme");
                Caller ada = Caller.signUp();
                Map<String, String> body =
                        Map.of("invitationId", invite(owner, organization, ada.email));
                List<Callable<Response>> calls =
                        List.of(
                                () -> post(ada.request(), "/organization/accept-invitation", body),
                                () -> post(ada.request(), "/organization/reject-invitation", body),
                                () ->
                                        post(
                                                owner.request(),
                                                "/organization/cancel-invitation",
                                                body));
                List<Response> answers = AtOnce.run(calls);
                assertEquals(1, won(answers));
                assertEquals(
                        answers.get(0).statusCode() == 200 ? 1L : 0L,
                        Database.value(
                                "SELECT count(*) FROM memberships WHERE user_id = ?", ada.id));
            }
        }

        @Test
        @DisplayName("comes back from an impersonation to one session")
        void impersonation() throws InterruptedException {
            Caller admin = Caller.admin();
            Browser browser = new Browser();
            browser.post(
                    "/sign-in/email", Map.of("email", admin.email, "password", Caller.PASSWORD));
            browser.post("/admin/impersonate-user", Map.of("userId", Caller.signUp().id.toString()))
                    .then()
                    .statusCode(200);
            List<Response> answers =
                    AtOnce.run(8, () -> browser.copy().post("/admin/stop-impersonating", Map.of()));
            assertTrue(won(answers) >= 1);
            // the one it signed up with, and the one it came back to
            assertEquals(
                    2L,
                    Database.value("SELECT count(*) FROM sessions WHERE user_id = ?", admin.id));
        }

        private long won(List<Response> answers) {
            answers.forEach(
                    answer -> assertTrue(answer.statusCode() < 500, () -> answer.asString()));
            return answers.stream().filter(answer -> answer.statusCode() == 200).count();
        }
    }
}
