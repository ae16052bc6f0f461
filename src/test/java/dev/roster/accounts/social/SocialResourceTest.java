package dev.roster.accounts.social;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@QuarkusTest
@DisplayName("Without any identity provider")
class SocialResourceTest {

    @Test
    @DisplayName("nobody signs in by one, or links one")
    void noProvider() {
        Caller ada = Caller.signUp();
        for (String provider : List.of("github", "nope!", "")) {
            post(null, "/sign-in/social", Map.of("provider", provider, "callbackURL", "/x"))
                    .then()
                    .statusCode(404)
                    .body("code", equalTo("PROVIDER_NOT_FOUND"))
                    .body("message", equalTo("Provider not found"));
            post(ada, "/link-social", Map.of("provider", provider))
                    .then()
                    .statusCode(404)
                    .body("code", equalTo("PROVIDER_NOT_FOUND"));
        }
        post(null, "/link-social", Map.of("provider", "github"))
                .then()
                .statusCode(401)
                .body("code", equalTo("UNAUTHORIZED"));
        for (Map<String, Object> body :
                List.<Map<String, Object>>of(
                        Map.of(),
                        Map.of("provider", 5),
                        Map.of("provider", "github", "disableRedirect", "no"))) {
            post(null, "/sign-in/social", body)
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("VALIDATION_ERROR"));
        }
        post(
                        null,
                        "/sign-in/social",
                        Map.of("provider", "github", "errorCallbackURL", "//evil.example"))
                .then()
                .statusCode(403)
                .body("code", equalTo("INVALID_ERROR_CALLBACK_URL"));
    }

    @Test
    @DisplayName("no account has tokens, and strangers' accounts are not found")
    void accounts() {
        Caller ada = Caller.signUp();
        Caller grace = Caller.signUp();
        Database.update(
                "INSERT INTO credentials (id, user_id, provider_id, account_id) VALUES"
                        + " (gen_random_uuid(), ?, 'google', ?)",
                ada.id,
                ada.id.toString());
        Map<String, String> ids =
                ada
                        .request()
                        .get("/api/auth/list-accounts")
                        .jsonPath()
                        .getList("", Map.class)
                        .stream()
                        .collect(
                                java.util.stream.Collectors.toMap(
                                        it -> (String) it.get("providerId"),
                                        it -> (String) it.get("id")));
        for (String provider : List.of("credential", "google")) {
            for (String path : List.of("/get-access-token", "/refresh-token")) {
                post(ada, path, Map.of("accountId", ids.get(provider)))
                        .then()
                        .statusCode(400)
                        .body("code", equalTo("PROVIDER_NOT_SUPPORTED"))
                        .body("message", equalTo("Provider " + provider + " is not supported."));
                post(grace, path, Map.of("accountId", ids.get(provider)))
                        .then()
                        .statusCode(400)
                        .body("code", equalTo("ACCOUNT_NOT_FOUND"));
            }
            info(ada, "accountId=" + ids.get(provider))
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("PROVIDER_NOT_CONFIGURED"));
            info(grace, "accountId=" + ids.get(provider))
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("ACCOUNT_NOT_FOUND"));
        }
        for (Map<String, Object> body :
                List.<Map<String, Object>>of(
                        Map.of("accountId", "nope"), Map.of("useAccountCookie", true))) {
            post(ada, "/get-access-token", body)
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("ACCOUNT_NOT_FOUND"));
        }
    }

    @Test
    @DisplayName("an account is named in one way, by somebody signed in")
    void selection() {
        Caller ada = Caller.signUp();
        for (Map<String, Object> body :
                List.<Map<String, Object>>of(
                        Map.of(),
                        Map.of("providerId", "github"),
                        Map.of("accountId", "x", "foo", 1),
                        Map.of("accountId", 5),
                        Map.of("useAccountCookie", false),
                        Map.of("accountId", "x", "useAccountCookie", true))) {
            for (Caller caller : new Caller[] {ada, null}) {
                post(caller, "/refresh-token", body)
                        .then()
                        .statusCode(400)
                        .body("code", equalTo("VALIDATION_ERROR"));
            }
        }
        for (String query : List.of("userId=x", "accountId=x&foo=1", "useAccountCookie=true")) {
            info(ada, query).then().statusCode(400).body("code", equalTo("VALIDATION_ERROR"));
        }
        for (Response answer :
                List.of(
                        post(null, "/get-access-token", Map.of("accountId", "x")),
                        post(null, "/refresh-token", Map.of("accountId", "x", "userId", "y")),
                        info(null, "accountId=x"))) {
            answer.then().statusCode(401);
            assertEquals("", answer.asString());
        }
    }

    @Test
    @DisplayName("a callback ends on the error page: no state is one of ours")
    void callback() {
        Map<String, String> ends =
                Map.of(
                        "callback/github", "/error?error=state_not_found",
                        "callback/github?code=x", "/error?error=state_not_found",
                        "callback/github?code=x&state=bad", "/error?error=state_mismatch",
                        "callback/nope?state=x&error=denied", "/error?error=state_mismatch");
        ends.forEach(
                (path, end) ->
                        given().redirects()
                                .follow(false)
                                .get("/api/auth/" + path)
                                .then()
                                .statusCode(302)
                                .header("Location", Caller.ORIGIN + "/api/auth" + end));
        given().redirects()
                .follow(false)
                .contentType("application/x-www-form-urlencoded")
                .body("code=a%20b%26c&state=s&foo=1&error_description=%0d%0aX%3a1")
                .post("/api/auth/callback/apple?state=q")
                .then()
                .statusCode(302)
                .header(
                        "Location",
                        Caller.ORIGIN
                                + "/api/auth/callback/apple?code=a+b%26c&error_description=%0D%0AX%3A1&state=q");
        given().redirects()
                .follow(false)
                .post("/api/auth/callback/apple")
                .then()
                .statusCode(302)
                .header("Location", Caller.ORIGIN + "/api/auth/callback/apple");
        given().contentType(ContentType.JSON)
                .body(Map.of("code", 5))
                .post("/api/auth/callback/apple")
                .then()
                .statusCode(400)
                .body("code", equalTo("VALIDATION_ERROR"));
    }

    private static Response post(Caller caller, String path, Map<String, ?> body) {
        return (caller == null ? given() : caller.request())
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/auth" + path);
    }

    private static Response info(Caller caller, String query) {
        return (caller == null ? given() : caller.request()).get("/api/auth/account-info?" + query);
    }
}
