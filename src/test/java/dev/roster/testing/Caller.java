package dev.roster.testing;

import static io.restassured.RestAssured.given;

import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.Map;
import java.util.UUID;

/** Somebody who calls the service: a fresh user with an address of its own, signed in. */
public final class Caller {

    /** The service's own origin in tests: {@code roster.base-url}. */
    public static final String ORIGIN = "http://localhost:8081";

    public static final String PASSWORD = "correct-horse-battery";

    public final String email;
    public final UUID id;

    /** The bearer token of the first session. */
    public final String token;

    private Caller(String email, UUID id, String token) {
        this.email = email;
        this.id = id;
        this.token = token;
    }

    /** Signs up a user whom nobody has seen before. */
    public static Caller signUp() {
        String email = newEmail();
        Response response = signUp(email);
        response.then().statusCode(200);
        return new Caller(email, UUID.fromString(response.path("user.id")), response.path("token"));
    }

    /** The same where signing up does not sign in before the address is verified. */
    public static Caller verified() {
        String email = newEmail();
        signUp(email).then().statusCode(200);
        Database.update("UPDATE users SET email_verified = true WHERE email = ?", email);
        Response response = signIn(email, PASSWORD);
        response.then().statusCode(200);
        return new Caller(email, UUID.fromString(response.path("user.id")), response.path("token"));
    }

    /**
     * A fresh user with every permission. The identity is looked up per request: no new sign-in.
     */
    public static Caller admin() {
        Caller caller = signUp();
        Database.update(
                "INSERT INTO role_grants (user_id, role_id) SELECT ?, id FROM roles WHERE name ="
                        + " 'admin'",
                caller.id);
        return caller;
    }

    public static String newEmail() {
        return "user-" + UUID.randomUUID() + "@example.com";
    }

    /** A sign-up's raw answer. */
    public static Response signUp(String email) {
        return given().contentType(ContentType.JSON)
                .body(Map.of("name", "Test User", "email", email, "password", PASSWORD))
                .post("/api/auth/sign-up/email");
    }

    /** A sign-in's raw answer. */
    public static Response signIn(String email, String password) {
        return given().contentType(ContentType.JSON)
                .body(Map.of("email", email, "password", password))
                .post("/api/auth/sign-in/email");
    }

    /** One more session of this user: its bearer token. */
    public String signInAgain() {
        Response response = signIn(email, PASSWORD);
        response.then().statusCode(200);
        return response.path("token");
    }

    /** A request of this caller, by bearer token. */
    public RequestSpecification request() {
        return as(token);
    }

    /** A request with some bearer token. */
    public static RequestSpecification as(String token) {
        return given().header("Authorization", "Bearer " + token);
    }
}
