package dev.roster.accounts.apikey;

import static io.restassured.RestAssured.given;

import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.UUID;

/** Calls of the API key routes, and keys in states that no request makes. */
final class Keys {

    private Keys() {}

    /** A key of this caller's that was made over the wire. */
    record Key(UUID id, String text) {}

    static Response create(Caller caller, String body) {
        return post(caller.request(), "create", body);
    }

    static Key of(Caller caller) {
        Response response = create(caller, "{}");
        response.then().statusCode(200);
        return new Key(UUID.fromString(response.path("id")), response.path("key"));
    }

    static Response post(RequestSpecification request, String route, String body) {
        return Rest.body(request, Rest.JSON, body).post("/api/auth/api-key/" + route);
    }

    static Response get(RequestSpecification request, String routeAndQuery) {
        return request.urlEncodingEnabled(false).get("/api/auth/api-key/" + routeAndQuery);
    }

    /** A request that shows this key alone. */
    static RequestSpecification with(String key) {
        return given().header("x-api-key", key);
    }

    /** Sets columns of a key, as an administrator or time would. */
    static void set(Key key, String assignments) {
        Database.update("UPDATE api_keys SET " + assignments + " WHERE id = ?", key.id);
    }

    static Object column(Key key, String name) {
        return Database.value("SELECT " + name + " FROM api_keys WHERE id = ?", key.id);
    }
}
