package dev.roster.testing;

import static io.restassured.RestAssured.given;

import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A client that keeps the cookies it is sent, and names the page's origin. */
public final class Browser {

    private final Map<String, String> jar = new LinkedHashMap<>();

    /** Another one with the same cookies: what a thief of them has. */
    public Browser copy() {
        Browser copy = new Browser();
        copy.jar.putAll(jar);
        return copy;
    }

    /** The value of a cookie, still encoded, or null. */
    public String cookie(String name) {
        return jar.get("better-auth." + name);
    }

    public Browser with(String name, String value) {
        jar.put("better-auth." + name, value);
        return this;
    }

    /**
     * @param path below {@code /api/auth}
     */
    public Response post(String path, Map<String, ?> body) {
        return keep(request().contentType(ContentType.JSON).body(body).post("/api/auth" + path));
    }

    /**
     * @param path below {@code /api/auth}
     */
    public Response get(String path) {
        return keep(request().get("/api/auth" + path));
    }

    private RequestSpecification request() {
        RequestSpecification request = given().header("Origin", Caller.ORIGIN);
        if (jar.isEmpty()) {
            return request;
        }
        String cookies =
                jar.entrySet().stream()
                        .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                        .collect(Collectors.joining("; "));
        return request.header("Cookie", cookies);
    }

    private Response keep(Response response) {
        for (String line : Cookies.set(response)) {
            String name = line.substring(0, line.indexOf('='));
            String value = line.substring(line.indexOf('=') + 1, line.indexOf(';'));
            if (line.contains("; Max-Age=0;")) {
                jar.remove(name);
            } else {
                jar.put(name, value);
            }
        }
        return response;
    }
}
