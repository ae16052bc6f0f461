package dev.roster.directory.betterauth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.accounts.username.UsernameRules;
import dev.roster.groups.GroupDocument;
import dev.roster.platform.json.JsonSize;
import dev.roster.platform.json.Numbers;
import dev.roster.users.Attributes;
import dev.roster.users.UserDocument;
import dev.roster.users.Username;
import dev.roster.users.Users;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * Holds the values of a Better Auth database to the rules of the APIs. Nobody loses an account over
 * a picture: a value that breaks a rule is left out, a text that is too long is cut, and the report
 * says so.
 */
final class TakenValues {

    /** The member of a mapped row that lists what became of its values. */
    private static final String NOTES = "notes";

    private static final int MAX_KEY_NAME = 32;

    private final Validator validator;
    private final UsernameRules usernames;

    TakenValues(Validator validator, UsernameRules usernames) {
        this.validator = validator;
        this.usernames = usernames;
    }

    /** Takes what the report is to say out of a mapped row. */
    static Iterable<JsonNode> notes(ObjectNode row) {
        JsonNode notes = row.remove(NOTES);
        return notes == null ? row.arrayNode() : notes;
    }

    void user(ObjectNode row) {
        cut(row, "name", UserDocument.MAX_NAME);
        hold(row, "image", UserDocument.class, "image");
        if (row.has("username")) {
            usernames
                    .objection(row.get("username").asText())
                    .ifPresent(fault -> leaveOut(row, "username", fault));
        }
        hold(row, "display_username", Username.class, "displayUsername");
        cut(row, "ban_reason", Users.Ban.MAX_REASON);
        ObjectNode attributes = row.withObjectProperty("attributes");
        while (Attributes.isTooLong(attributes)) {
            String longest =
                    attributes.properties().stream()
                            .max(Comparator.comparingLong(it -> Numbers.bytes(it.getValue())))
                            .map(Map.Entry::getKey)
                            .orElseThrow();
            attributes.remove(longest);
            note(row, "attributes." + longest + " was left out: " + Attributes.TOO_LONG);
        }
    }

    void organization(ObjectNode row) {
        cut(row, "name", GroupDocument.MAX_NAME);
        hold(row, "logo", GroupDocument.class, "logo");
        metadata(row);
    }

    /** Why a slug cannot be taken; empty where it can. */
    Optional<String> slugFault(String slug) {
        return fault(slug, GroupDocument.class, "slug");
    }

    void team(ObjectNode row) {
        cut(row, "name", GroupDocument.MAX_NAME);
    }

    void apiKey(ObjectNode row) {
        cut(row, "name", MAX_KEY_NAME);
        metadata(row);
    }

    private static void metadata(ObjectNode row) {
        JsonNode metadata = row.get("metadata");
        if (metadata == null) {
            return;
        }
        if (!metadata.isObject()) {
            leaveOut(row, "metadata", "must be an object");
        } else if (Numbers.bytes(metadata) > JsonSize.METADATA) {
            leaveOut(row, "metadata", "must have at most " + JsonSize.METADATA + " bytes as JSON");
        }
    }

    private void hold(ObjectNode row, String column, Class<?> document, String member) {
        if (row.has(column)) {
            fault(row.get(column).asText(), document, member)
                    .ifPresent(fault -> leaveOut(row, column, fault));
        }
    }

    private Optional<String> fault(String value, Class<?> document, String member) {
        return validator.validateValue(document, member, value).stream()
                .map(ConstraintViolation::getMessage)
                .findFirst();
    }

    private static void leaveOut(ObjectNode row, String column, String reason) {
        row.remove(column);
        note(row, column + " was left out: it " + reason);
    }

    /** Cuts a text without tearing a character in two. */
    private static void cut(ObjectNode row, String column, int max) {
        String text = row.path(column).asText("");
        if (text.length() > max) {
            int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
            row.put(column, text.substring(0, end));
            note(row, column + " was cut to " + max + " characters");
        }
    }

    private static void note(ObjectNode row, String note) {
        row.withArrayProperty(NOTES).add(note);
    }
}
