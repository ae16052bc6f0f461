package dev.roster.platform.http;

import io.vertx.core.http.HttpServerResponse;
import java.util.Map;

/**
 * How much a response's headers may still grow. A reverse proxy takes them into one buffer, of 4
 * KiB at nginx by default, and answers 502 where they are longer.
 */
public final class HeaderRoom {

    /** Bytes of all headers together. */
    public static final int MAX = 4096;

    /** Left for the status line and what is added last, such as date, type, length and tag. */
    private static final int RESERVED = 512;

    private HeaderRoom() {}

    /** The bytes that are left; negative where there are too many already. */
    public static int left(HttpServerResponse response) {
        int left = MAX - RESERVED;
        for (Map.Entry<String, String> header : response.headers()) {
            left -= size(header.getKey(), header.getValue());
        }
        return left;
    }

    /** The bytes of a header: name and value, what is between them and the line's end. */
    public static int size(String name, String value) {
        return name.length() + value.length() + 4;
    }
}
