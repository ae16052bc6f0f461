package dev.roster.platform.http;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The headers in which proxies name the hops that a request has come from. */
public enum ForwardingHeader {
    X_FORWARDED_FOR("X-Forwarded-For") {
        @Override
        String node(String hop) {
            return hop;
        }
    },

    /** RFC 7239. */
    FORWARDED("Forwarded") {
        @Override
        String node(String hop) {
            List<String> nodes =
                    fromRight(hop, ';').stream()
                            .map(pair -> pair.split("=", 2))
                            .filter(pair -> pair.length == 2)
                            .filter(pair -> pair[0].strip().equalsIgnoreCase("for"))
                            .map(pair -> pair[1].strip())
                            .toList();
            // named twice, one is an invention
            return nodes.size() == 1 ? nodes.get(0) : "";
        }
    };

    private final String headerName;

    ForwardingHeader(String headerName) {
        this.headerName = headerName;
    }

    /**
     * @param name of the header, in any case
     * @throws IllegalArgumentException when it is no forwarding header; the message continues the
     *     name of a setting
     */
    public static ForwardingHeader parse(String name) {
        return Arrays.stream(values())
                .filter(header -> header.headerName.equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "is neither X-Forwarded-For nor Forwarded"));
    }

    String headerName() {
        return headerName;
    }

    /** The node that a hop names, in quotes or not; empty where it names none. */
    abstract String node(String hop);

    /** The nodes of all lines, the nearest first, without quotes; empty hops are none. */
    List<String> nodes(MultiMap headers) {
        List<String> nodes = new ArrayList<>();
        List<String> lines = headers.getAll(headerName);
        for (int i = lines.size() - 1; i >= 0; i--) {
            for (String hop : fromRight(lines.get(i), ',')) {
                if (!hop.isEmpty()) {
                    nodes.add(unquoted(node(hop)));
                }
            }
        }
        return nodes;
    }

    /**
     * Splits at the separators outside of quoted strings, the rightmost part first. It reads from
     * the right, because what a proxy adds on the right is well-formed: a quote that a client
     * leaves open on the left must not swallow it.
     */
    private static List<String> fromRight(String line, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int end = line.length();
        for (int i = line.length() - 1; i >= 0; i--) {
            char c = line.charAt(i);
            if (c == '"' && !(quoted && isEscaped(line, i))) {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                parts.add(line.substring(i + 1, end).strip());
                end = i;
            }
        }
        parts.add(line.substring(0, end).strip());
        return parts;
    }

    private static boolean isEscaped(String line, int at) {
        int backslashes = 0;
        while (at - backslashes > 0 && line.charAt(at - backslashes - 1) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    private static String unquoted(String node) {
        boolean quoted = node.length() > 1 && node.startsWith("\"") && node.endsWith("\"");
        return quoted ? node.substring(1, node.length() - 1).replaceAll("\\\\(.)", "$1") : node;
    }
}
