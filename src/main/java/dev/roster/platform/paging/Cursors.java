package dev.roster.platform.paging;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.platform.crypto.Digests;
import dev.roster.platform.json.Text;
import dev.roster.platform.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Where a reader of a list has come to, as an opaque text: the sort keys of the last row it saw. A
 * cursor goes on in the list that it came from, and in no other one.
 */
@ApplicationScoped
public class Cursors {

    private static final int MAX_LENGTH = 4096;

    private final ObjectMapper json;

    Cursors(ObjectMapper json) {
        this.json = json;
    }

    /**
     * The cursor behind a row.
     *
     * @param list what the list is, filters and order included; the same text again is needed to
     *     read on
     * @param keys the row's sort keys as text, null for null
     */
    public String encode(String list, List<String> keys) {
        List<String> parts = new ArrayList<>();
        parts.add(fingerprint(list));
        parts.addAll(keys);
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(json.writeValueAsBytes(parts));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The sort keys that a cursor holds.
     *
     * @param count how many there must be
     * @throws ProblemException 400, naming {@code cursor}: it is none, or of another list
     */
    public List<String> decode(String list, String cursor, int count) {
        String[] read;
        try {
            read =
                    cursor.length() > MAX_LENGTH
                            ? null
                            : json.readValue(Base64.getUrlDecoder().decode(cursor), String[].class);
        } catch (IOException | IllegalArgumentException e) {
            throw unknown();
        }
        List<String> parts = read == null ? List.of() : Arrays.asList(read);
        if (parts.size() != count + 1 || !parts.stream().allMatch(Cursors::isText)) {
            throw unknown();
        }
        if (!fingerprint(list).equals(parts.get(0))) {
            throw ProblemException.invalidParameter(
                    "cursor", "comes from a list with other filters or another order");
        }
        return parts.subList(1, parts.size());
    }

    /** The error for a text that is no cursor, or holds no keys of its list. */
    public static ProblemException unknown() {
        return ProblemException.invalidParameter("cursor", "is no cursor of ours");
    }

    private static boolean isText(String part) {
        return part != null && Text.isStorable(part);
    }

    private static String fingerprint(String list) {
        return HexFormat.of().formatHex(Digests.sha256(list), 0, 6);
    }
}
