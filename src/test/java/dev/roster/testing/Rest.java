package dev.roster.testing;

import static io.restassured.RestAssured.given;
import static io.restassured.config.EncoderConfig.encoderConfig;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.restassured.config.RestAssuredConfig;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;

/** Requests of the REST dialect, with bodies that leave as they are written in the test. */
public final class Rest {

    public static final String JSON = "application/json";
    public static final String MERGE_PATCH = "application/merge-patch+json";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Rest() {}

    /** A request with a body, exactly as given. */
    public static RequestSpecification body(
            RequestSpecification request, String type, String body) {
        return request.config(
                        RestAssuredConfig.config()
                                .encoderConfig(
                                        encoderConfig()
                                                .appendDefaultContentCharsetToContentTypeIfUndefined(
                                                        false)
                                                .defaultContentCharset("UTF-8")))
                .contentType(type)
                .body(body);
    }

    public static Response put(Caller caller, String path, String ifMatch, String body) {
        return body(conditional(caller.request(), ifMatch), JSON, body).put(path);
    }

    public static Response patch(Caller caller, String path, String ifMatch, String body) {
        return body(conditional(caller.request(), ifMatch), MERGE_PATCH, body).patch(path);
    }

    public static Response delete(Caller caller, String path, String ifMatch) {
        return conditional(caller.request(), ifMatch).delete(path);
    }

    public static Response get(Caller caller, String path) {
        return caller.request().get(path);
    }

    public static Response get(String path) {
        return given().get(path);
    }

    /** The tag of what the caller reads there now. */
    public static String tag(Caller caller, String path) {
        Response response = get(caller, path);
        response.then().statusCode(200);
        return response.header("ETag");
    }

    /** Replaces what is stored there now; the answer has been checked to be a success. */
    public static Response replace(Caller caller, String path, String body) {
        Response response = put(caller, path, tag(caller, path), body);
        response.then().statusCode(200);
        return response;
    }

    public static JsonNode json(Response response) {
        return json(response.asString());
    }

    public static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("Not JSON: " + text, e);
        }
    }

    /** The JSON string that holds the text, quotes included. */
    public static String quote(String text) {
        try {
            return MAPPER.writeValueAsString(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static RequestSpecification conditional(RequestSpecification request, String ifMatch) {
        return ifMatch == null ? request : request.header("If-Match", ifMatch);
    }
}
