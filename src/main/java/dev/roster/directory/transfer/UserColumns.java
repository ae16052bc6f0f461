package dev.roster.directory.transfer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.csv.Cell;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The columns of a CSV file, which are the members of an NDJSON file's objects. All that an export
 * writes are among them.
 */
final class UserColumns {

    static final String ID = "id";
    static final String EXTERNAL_ID = "externalId";
    static final String EMAIL = "email";
    static final String NAME = "name";
    static final String EMAIL_VERIFIED = "emailVerified";
    static final String USERNAME = "username";
    static final String DISPLAY_USERNAME = "displayUsername";
    static final String IMAGE = "image";
    static final String STATUS = "status";
    static final String BANNED = "banned";
    static final String BAN_REASON = "banReason";
    static final String BAN_EXPIRES = "banExpires";
    static final String CREATED_AT = "createdAt";
    static final String DELETED_AT = "deletedAt";
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

    /** Columns of an export that an import does not take, and why; the report says so. */
    static final Map<String, String> IGNORED =
            Map.of(
                    "updatedAt",
                    "is ignored: it is the time of the import",
                    "twoFactorEnabled",
                    "is ignored: second factors are no part of a file, users set them up"
                            + " again");

    private static final Set<String> MEMBERS =
            Stream.concat(
                            Stream.of(
                                    ID,
                                    EXTERNAL_ID,
                                    EMAIL,
                                    NAME,
                                    EMAIL_VERIFIED,
                                    USERNAME,
                                    DISPLAY_USERNAME,
                                    IMAGE,
                                    STATUS,
                                    BANNED,
                                    BAN_REASON,
                                    BAN_EXPIRES,
                                    CREATED_AT,
                                    DELETED_AT,
                                    PASSWORD_HASH,
                                    ROLES,
                                    GROUPS,
                                    ATTRIBUTES),
                            PROFILE.stream())
                    .collect(Collectors.toUnmodifiableSet());

    /** Columns whose cells are kept as they are; blanks around others mean nothing. */
    private static final Set<String> TEXTS =
            Set.of(NAME, DISPLAY_USERNAME, BAN_REASON, "firstName", "lastName", "bio");

    private static final Map<String, String> BY_PLAIN_NAME =
            Stream.concat(MEMBERS.stream(), IGNORED.keySet().stream())
                    .collect(Collectors.toMap(UserColumns::plain, Function.identity()));

    private static final String ONE_ATTRIBUTE = ATTRIBUTES + ".";
    private static final Pattern ATTRIBUTE_HEADER =
            Pattern.compile("(?i)attributes\\s*\\.\\s*(.+)", Pattern.DOTALL);

    /** As people write them, and as spreadsheets of several languages save TRUE and FALSE. */
    private static final Map<String, Boolean> TRUTHS = truths();

    private static final Pattern BETWEEN_NAMES = Pattern.compile("[,;]");

    private UserColumns() {}

    private static Map<String, Boolean> truths() {
        Map<String, Boolean> truths = new HashMap<>();
        for (String word :
                "true t yes y on 1 1.0 1,0 wahr ja vrai oui verdadero si s\u00ed vero s\u00ec verdadeiro sim waar"
                        .split(" ")) {
            truths.put(word, true);
        }
        for (String word :
                "false f no n off 0 0.0 0,0 falsch nein faux non falso n\u00e3o nao onwaar nee"
                        .split(" ")) {
            truths.put(word, false);
        }
        return Map.copyOf(truths);
    }

    /** Letters and digits of a header, in lower case: {@code E-Mail} is {@code email}. */
    private static String plain(String header) {
        return header.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}.]", "");
    }

    /** The column that a CSV file's header means; empty for an unknown one. */
    static Optional<String> find(String header) {
        String name = Cell.stripped(header);
        Matcher attribute = ATTRIBUTE_HEADER.matcher(name);
        return attribute.matches()
                ? Optional.of(ONE_ATTRIBUTE + attribute.group(1))
                : Optional.ofNullable(BY_PLAIN_NAME.get(plain(name)));
    }

    /** The names of all columns, for messages. */
    static String all() {
        return String.join(", ", MEMBERS.stream().sorted().toList()) + ", attributes.<name>";
    }

    /** Whether an object may have such a member. */
    static boolean isMember(String name) {
        return MEMBERS.contains(name);
    }

    /**
     * Adds a cell of a CSV file to a row: as text, but for what is a truth value, a list, or JSON.
     * An empty cell adds nothing.
     */
    static Optional<Fault> put(ObjectNode row, String column, String content, ObjectMapper json) {
        String text = Cell.text(content);
        if (column.startsWith(ONE_ATTRIBUTE)) {
            if (!text.isEmpty()) {
                row.withObjectProperty(ATTRIBUTES)
                        .put(column.substring(ONE_ATTRIBUTE.length()), text);
            }
            return Optional.empty();
        }
        String cell = TEXTS.contains(column) ? text : Cell.text(Cell.stripped(content));
        if (cell.isEmpty()) {
            return Optional.empty();
        }
        switch (column) {
            case EMAIL_VERIFIED, BANNED -> {
                Boolean truth = TRUTHS.get(cell.toLowerCase(Locale.ROOT));
                if (truth == null) {
                    row.put(column, cell);
                } else {
                    row.put(column, truth);
                }
            }
            case ID, STATUS -> row.put(column, cell.toLowerCase(Locale.ROOT));
            case ROLES, GROUPS -> {
                return putList(row, column, cell, json);
            }
            case ATTRIBUTES -> {
                return putAttributes(row, cell, json);
            }
            default -> row.put(column, cell);
        }
        return Optional.empty();
    }

    private static Optional<Fault> putList(
            ObjectNode row, String column, String cell, ObjectMapper json) {
        if (cell.startsWith("[")) {
            try {
                row.set(column, json.readTree(cell));
                return Optional.empty();
            } catch (JsonProcessingException e) {
                return Optional.of(
                        new Fault(column, "must be names with commas between, or a JSON array"));
            }
        }
        ArrayNode list = row.putArray(column);
        BETWEEN_NAMES
                .splitAsStream(cell)
                .map(Cell::stripped)
                .filter(name -> !name.isEmpty())
                .forEach(list::add);
        return Optional.empty();
    }

    /** A list as {@link #put} reads it: a JSON array only where a name would be taken for two. */
    static String cell(List<String> names, ObjectMapper json) {
        boolean plain =
                names.stream()
                        .allMatch(
                                name ->
                                        !name.isEmpty()
                                                && !name.startsWith("[")
                                                && Cell.stripped(name).equals(name)
                                                && Cell.text(name).equals(name)
                                                && !BETWEEN_NAMES.matcher(name).find());
        return plain ? String.join(",", names) : json.valueToTree(names).toString();
    }

    private static Optional<Fault> putAttributes(ObjectNode row, String cell, ObjectMapper json) {
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
}
