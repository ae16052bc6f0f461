package dev.roster.platform.problem;

import dev.roster.platform.http.MediaTypes;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;
import java.util.Set;

/**
 * Refuses a media type that is not well-formed, JSON in a charset that would be read as something
 * else, and JSON and forms in a content coding. Files have rules of their own.
 */
@Provider
@Priority(Priorities.HEADER_DECORATOR)
class BodyEncodingFilter implements ContainerRequestFilter {

    private static final Set<String> BODYLESS = Set.of("GET", "HEAD", "OPTIONS");

    /** Of JSON the bytes tell which Unicode encoding it is. */
    private static final Set<String> CHARSETS =
            Set.of("utf-8", "utf8", "us-ascii", "utf-16", "utf-16le", "utf-16be");

    @Override
    public void filter(ContainerRequestContext request) {
        if (BODYLESS.contains(request.getMethod())) {
            return;
        }
        String header = request.getHeaderString(HttpHeaders.CONTENT_TYPE);
        if (header == null) {
            return;
        }
        MediaType type =
                MediaTypes.parse(header)
                        .orElseThrow(
                                () ->
                                        new ProblemException(
                                                ProblemCode.UNSUPPORTED_MEDIA_TYPE,
                                                "Content-Type is not well-formed"));
        // clients name a type, and a charset of their own, for a body that they do not send
        if (!isText(type) || !hasBody(request)) {
            return;
        }
        String charset = type.getParameters().getOrDefault(MediaType.CHARSET_PARAMETER, "utf-8");
        if (!isForm(type) && !CHARSETS.contains(charset)) {
            throw new ProblemException(
                    ProblemCode.UNSUPPORTED_MEDIA_TYPE, "The charset must be UTF-8");
        }
        String coding = request.getHeaderString(HttpHeaders.CONTENT_ENCODING);
        if (coding != null && !coding.isBlank() && !coding.strip().equalsIgnoreCase("identity")) {
            throw new ProblemException(
                    ProblemCode.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding must be identity");
        }
    }

    private static boolean hasBody(ContainerRequestContext request) {
        return request.getLength() > 0 || request.getHeaderString("Transfer-Encoding") != null;
    }

    private static boolean isText(MediaType type) {
        return type.getSubtype().equals("json")
                || type.getSubtype().endsWith("+json")
                || isForm(type);
    }

    /** Percent-encoded UTF-8 in ASCII, whatever charset a client adds (WHATWG URL, section 5). */
    private static boolean isForm(MediaType type) {
        return type.getSubtype().equals("x-www-form-urlencoded");
    }
}
