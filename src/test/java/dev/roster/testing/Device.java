package dev.roster.testing;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.Map;

/** A device without a browser, which asks to be signed in. */
public record Device(String deviceCode, String userCode) {

    public static Device ask() {
        Response asked =
                given().contentType(ContentType.JSON)
                        .body(Map.of("client_id", "tv"))
                        .post("/api/auth/device/code");
        asked.then().statusCode(200);
        return new Device(asked.path("device_code"), asked.path("user_code"));
    }

    public static Device approvedBy(Caller user) {
        Device device = ask();
        device.claim(user);
        device.approve(user).then().statusCode(200);
        return device;
    }

    public void claim(Caller user) {
        user.request()
                .queryParam("user_code", userCode)
                .get("/api/auth/device")
                .then()
                .statusCode(200);
    }

    public Response approve(Caller user) {
        return user.request()
                .contentType(ContentType.JSON)
                .body(Map.of("userCode", userCode))
                .post("/api/auth/device/approve");
    }

    public Response token() {
        return given().contentType(ContentType.JSON)
                .body(
                        Map.of(
                                "grant_type",
                                "urn:ietf:params:oauth:grant-type:device_code",
                                "client_id",
                                "tv",
                                "device_code",
                                deviceCode))
                .post("/api/auth/device/token");
    }

    /** It gets no session, whoever approved it. */
    public void assertForgotten() {
        token().then().statusCode(400).body("error", equalTo("invalid_grant"));
    }
}
