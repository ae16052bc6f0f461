package dev.roster.platform.etag;

import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;

/** Optimistic locking over HTTP: {@code ETag} and {@code If-Match} of RFC 9110, section 13. */
public final class EntityTags {

    private EntityTags() {}

    /** The tag of a record's version. */
    public static EntityTag of(long version) {
        return new EntityTag(Long.toString(version));
    }

    /**
     * Lets a change pass that was made to what is stored now.
     *
     * @param ifMatch the {@code If-Match} header, or null
     * @param current the tag of what is stored now, or null when nothing is
     * @throws ProblemException 428 without a header, 412 when it names another version
     */
    public static void requireMatch(String ifMatch, EntityTag current) {
        if (ifMatch == null || ifMatch.isBlank()) {
            throw new ProblemException(ProblemCode.PRECONDITION_REQUIRED, null);
        }
        if (!matches(ifMatch, current)) {
            throw new ProblemException(ProblemCode.PRECONDITION_FAILED, mismatch(ifMatch, current));
        }
    }

    private static String mismatch(String ifMatch, EntityTag current) {
        if (current == null) {
            return "Nothing is stored here, so no `If-Match` matches: leave it out to create";
        }
        if (ifMatch.contains("W/")) {
            return "`If-Match` names a weak tag (`W/`), which matches nothing (RFC 9110, section"
                    + " 13.1.1). A proxy that compresses responses has probably weakened it: send"
                    + " the tag without `W/`, or `If-Match: *` for any version";
        }
        if (!ifMatch.contains("\"")) {
            return "`If-Match` must be `*` for any version, or tags in double quotes such as "
                    + quoted(current);
        }
        return "`If-Match` names another version than the stored one: read it again, or send"
                + " `If-Match: *` for any version";
    }

    private static String quoted(EntityTag tag) {
        return '"' + tag.getValue() + '"';
    }

    /**
     * Whether the header names the tag, by strong comparison: {@code W/} never matches. The
     * asterisk matches whatever is stored.
     */
    public static boolean matches(String header, EntityTag current) {
        if (current == null) {
            return false;
        }
        return header.trim().equals("*")
                || Arrays.stream(header.split(","))
                        .map(String::trim)
                        .anyMatch(quoted(current)::equals);
    }

    /**
     * Whether a read is answered by 304: {@code If-None-Match} names the tag, by weak comparison,
     * since proxies that compress weaken it.
     *
     * @param ifNoneMatch the header, or null
     */
    public static boolean unmodified(String ifNoneMatch, EntityTag current) {
        return ifNoneMatch != null && matches(ifNoneMatch.replace("W/\"", "\""), current);
    }

    /** 200 with the view, or 304 without a body where the caller has it already. */
    public static Response answer(Object view, EntityTag tag, String ifNoneMatch) {
        return (unmodified(ifNoneMatch, tag) ? Response.notModified() : Response.ok(view))
                .tag(tag)
                .build();
    }
}
