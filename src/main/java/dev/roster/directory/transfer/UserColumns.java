package dev.roster.directory.transfer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** The columns of a CSV file, which are the members of an NDJSON file's objects. */
final class UserColumns {

    static final String EMAIL = "email";
    static final String NAME = "name";
    static final String EMAIL_VERIFIED = "emailVerified";
    static final String USERNAME = "username";
    static final String IMAGE = "image";
    static final String CREATED_AT = "createdAt";
    static final String EXTERNAL_ID = "externalId";
    static final String PASSWORD_HASH = "passwordHash";
    static final String ROLES = "roles";
    static final String GROUPS = "groups";
    static final String ATTRIBUTES = "attributes";

    static final Set<String> PROFILE =
            Set.of(
                    "firstName",
                    "lastName",
                    "bio",
                    "birthDate",
                    "phone",
                    "locale",
                    "timezone",
                    "website");

    private static final Set<String> OTHERS =
            Set.of(
                    EMAIL,
                    NAME,
                    EMAIL_VERIFIED,
                    USERNAME,
                    IMAGE,
                    CREATED_AT,
                    EXTERNAL_ID,
                    PASSWORD_HASH,
                    ROLES,
                    GROUPS,
                    ATTRIBUTES);

    private static final String ONE_ATTRIBUTE = ATTRIBUTES + ".";

    private UserColumns() {}

    /** Whether a CSV file may have such a column. */
    static boolean isKnown(String column) {
        return isMember(column)
                || column.startsWith(ONE_ATTRIBUTE) && column.length() > ONE_ATTRIBUTE.length();
    }

    /** Whether an object may have such a member. */
    static boolean isMember(String name) {
        return OTHERS.contains(name) || PROFILE.contains(name);
    }

    /**
     * Adds a cell of a CSV file to a row: as text, but for what is a truth value, a list with
     * commas between, or JSON.
     */
    static Optional<Fault> put(ObjectNode row, String column, String cell, ObjectMapper json) {
        if (column.startsWith(ONE_ATTRIBUTE)) {
            row.withObjectProperty(ATTRIBUTES).put(column.substring(ONE_ATTRIBUTE.length()), cell);
            return Optional.empty();
        }
        switch (column) {
            case EMAIL_VERIFIED -> {
                if (cell.equals("true") || cell.equals("false")) {
                    row.put(column, cell.equals("true"));
                } else {
                    row.put(column, cell);
                }
            }
            case ROLES, GROUPS -> {
                ArrayNode list = row.putArray(column);
                Arrays.stream(cell.split(","))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .forEach(list::add);
            }
            case ATTRIBUTES -> {
                try {
                    JsonNode value = json.readTree(cell);
                    if (value instanceof ObjectNode object) {
                        row.withObjectProperty(ATTRIBUTES).setAll(object);
                        return Optional.empty();
                    }
                } catch (JsonProcessingException e) {
                    // the same answer as for JSON of another kind
                }
                return Optional.of(new Fault(ATTRIBUTES, "must be a JSON object"));
            }
            default -> row.put(column, cell);
        }
        return Optional.empty();
    }
}
