package dev.roster.directory.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.users.User;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** A user on its way in, and what is wrong with it. */
final class UserRow {

    private static final int MAX_LIST = 100;
    private static final String ARRAY_OF_STRINGS = "must be an array of strings";

    private static final String TEXT = "text";
    private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]+([.,][0-9]+)?");
    private static final Pattern SCIENTIFIC =
            Pattern.compile("[-+]?[0-9]([.,][0-9]+)?[Ee]\\+?[0-9]{1,3}");
    private static final Pattern OTHER_DATE =
            Pattern.compile(
                    "(?![0-9]{4}-[0-9]{2}-[0-9]{2})[0-9]{1,4}[-./ ][0-9]{1,2}[-./ ][0-9]{1,4}([ T,].*)?");

    final List<Fault> faults = new ArrayList<>();
    UUID userId;

    /** Whether the file names {@link #userId} as the id. */
    boolean idGiven;

    String externalId;
    String name;
    String email;
    boolean emailVerified;
    String username;
    String displayUsername;
    String image;
    String status = User.STATUS_ACTIVE;
    boolean banned;
    String banReason;
    Instant banExpires;
    Instant createdAt;
    String passwordHash;
    UUID credentialId;
    List<String> roles = List.of();
    List<String> groups = List.of();
    boolean profile;
    String firstName;
    String lastName;
    String bio;
    LocalDate birthDate;
    byte[] phone;
    String locale;
    String timezone;
    String website;
    ObjectNode attributes;

    void fault(String field, String reason) {
        faults.add(new Fault(field, reason));
    }

    /** Whether anything is said of a ban. */
    boolean hasBan() {
        return banned || banReason != null || banExpires != null;
    }

    /** Adds a fault that says what is allowed, and of which kind the value is. */
    void fault(String field, String allowed, JsonNode value) {
        String kind = kind(value);
        fault(field, kind.equals(TEXT) ? allowed : allowed + ", not " + kind);
    }

    /** What a value is, without the value. */
    private static String kind(JsonNode value) {
        if (value == null || value.isNull()) {
            return "empty";
        }
        if (!value.isTextual()) {
            return switch (value.getNodeType()) {
                case ARRAY -> "an array";
                case BOOLEAN -> "a truth value";
                case NUMBER -> "a number";
                default -> "an object";
            };
        }
        String text = value.textValue();
        if (SCIENTIFIC.matcher(text).matches()) {
            return "a number in scientific notation";
        }
        if (NUMBER.matcher(text).matches()) {
            return "a number";
        }
        return OTHER_DATE.matcher(text).matches() ? "a date of another form" : TEXT;
    }

    /** Whether a text is what spreadsheets make of a long number. */
    static boolean isScientific(String text) {
        return SCIENTIFIC.matcher(text).matches();
    }

    /** The text of a member; null where there is none, or it is no text, which is a fault. */
    String text(ObjectNode row, String member) {
        JsonNode value = row.get(member);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            fault(member, "must be a string", value);
            return null;
        }
        return value.textValue();
    }

    /** A truth value; false where there is none, or it is no such value, which is a fault. */
    boolean truth(ObjectNode row, String member) {
        JsonNode value = row.get(member);
        if (value == null || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            fault(member, "must be true or false", value);
        }
        return value.booleanValue();
    }

    /** The texts of a member, each once; none where there is none, or it is no such list. */
    List<String> texts(ObjectNode row, String member) {
        JsonNode value = row.get(member);
        if (value == null || value.isNull()) {
            return List.of();
        }
        if (!value.isArray()) {
            fault(member, ARRAY_OF_STRINGS);
            return List.of();
        }
        if (value.size() > MAX_LIST) {
            fault(member, "must name at most " + MAX_LIST);
            return List.of();
        }
        Set<String> texts = new LinkedHashSet<>();
        for (JsonNode element : value) {
            if (!element.isTextual()) {
                fault(member, ARRAY_OF_STRINGS);
                return List.of();
            }
            texts.add(element.textValue());
        }
        return List.copyOf(texts);
    }
}
