package dev.roster.accounts.admin;

import dev.roster.accounts.betterauth.Fields;
import dev.roster.platform.json.Times;
import dev.roster.users.EmailAddress;
import dev.roster.users.User;
import dev.roster.users.UserSearchText;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What list-users asks for (contract, section 10): the fields are named as on the wire, and none
 * but these; what is not understood is told, where the reference answers an empty list.
 */
final class UserQuery {

    static final int LARGEST_PAGE = 100;

    private static final List<String> SEARCHABLE = List.of("email", "name");
    private static final List<String> SEARCHES = List.of("contains", "starts_with", "ends_with");
    private static final List<String> OPERATORS =
            List.of(
                    "eq",
                    "ne",
                    "lt",
                    "lte",
                    "gt",
                    "gte",
                    "in",
                    "not_in",
                    "contains",
                    "starts_with",
                    "ends_with");

    private enum Type {
        TEXT,
        BOOLEAN,
        TIME,
        ID,
        ROLE
    }

    private record Column(String path, Type type) {}

    private static final Map<String, Column> COLUMNS =
            Map.ofEntries(
                    Map.entry("id", new Column("u.id", Type.ID)),
                    Map.entry("name", new Column("u.name", Type.TEXT)),
                    Map.entry("email", new Column("u.emailKey", Type.TEXT)),
                    Map.entry("emailVerified", new Column("u.emailVerified", Type.BOOLEAN)),
                    Map.entry("image", new Column("u.image", Type.TEXT)),
                    Map.entry("username", new Column("u.username", Type.TEXT)),
                    Map.entry("displayUsername", new Column("u.displayUsername", Type.TEXT)),
                    Map.entry("role", new Column("u.grantedRoles", Type.ROLE)),
                    Map.entry("banned", new Column("u.banned", Type.BOOLEAN)),
                    Map.entry("banReason", new Column("u.banReason", Type.TEXT)),
                    Map.entry("banExpires", new Column("u.banExpires", Type.TIME)),
                    Map.entry("twoFactorEnabled", new Column("u.twoFactorEnabled", Type.BOOLEAN)),
                    Map.entry("isAnonymous", new Column("u.anonymous", Type.BOOLEAN)),
                    Map.entry("createdAt", new Column("u.createdAt", Type.TIME)),
                    Map.entry("updatedAt", new Column("u.updatedAt", Type.TIME)));

    private final StringBuilder where = new StringBuilder("u.deletedAt is null");
    private final Map<String, Object> parameters = new LinkedHashMap<>();
    private String order = "u.createdAt, u.id";

    final Integer limit;
    final Integer offset;

    private UserQuery(Integer limit, Integer offset) {
        this.limit = limit;
        this.offset = offset;
    }

    /** Reads the query; its faults are told by {@link Fields#check}. */
    static UserQuery of(Fields query) {
        // as the reference has it: 0 and what is no number count as not given
        UserQuery read = new UserQuery(number(query, "limit"), number(query, "offset"));
        query.optionalString("searchValue")
                .filter(value -> !value.isEmpty())
                .ifPresent(
                        value ->
                                read.condition(
                                        query,
                                        "searchField",
                                        query.optionalOneOf("searchField", SEARCHABLE)
                                                .orElse("email"),
                                        query.optionalOneOf("searchOperator", SEARCHES)
                                                .orElse("contains"),
                                        List.of(value)));
        query.optionalStrings("filterValue")
                // one that cannot be read is a fault already
                .filter(values -> !values.isEmpty())
                .ifPresent(
                        values ->
                                read.condition(
                                        query,
                                        "filterField",
                                        query.optionalString("filterField").orElse("email"),
                                        query.optionalOneOf("filterOperator", OPERATORS)
                                                .orElse("eq"),
                                        values));
        String direction =
                query.optionalOneOf("sortDirection", List.of("asc", "desc")).orElse("asc");
        query.optionalString("sortBy")
                .filter(name -> !name.isEmpty())
                .ifPresent(
                        name -> {
                            Column column = COLUMNS.get(name);
                            if (column == null) {
                                query.fault("sortBy", unknown());
                            } else {
                                String by =
                                        name.equals("name")
                                                ? folded("left(u.name, 100)")
                                                : column.path();
                                read.order = by + " " + direction + ", u.id";
                            }
                        });
        return read;
    }

    /** A page and, where it is not the whole, how many there are: two statements at most. */
    record Result(List<User> users, long total) {}

    Result run() {
        int size = limit == null ? LARGEST_PAGE : Math.min(limit, LARGEST_PAGE);
        int first = offset == null ? 0 : offset;
        List<User> users =
                User.<User>find("from User u where " + where + " order by " + order, parameters)
                        .range(first, first + size - 1)
                        .list();
        boolean whole = first == 0 && users.size() < size;
        return new Result(
                users, whole ? users.size() : User.count("from User u where " + where, parameters));
    }

    private void condition(
            Fields query, String member, String field, String operator, List<String> values) {
        Column column = COLUMNS.get(field);
        if (column == null) {
            query.fault(member, unknown());
            return;
        }
        List<Object> read = new ArrayList<>();
        for (String value : values) {
            Optional<Object> parsed = parse(column, value);
            if (parsed.isEmpty()) {
                query.fault("filterValue", "Invalid input for " + field);
                return;
            }
            read.add(parsed.get());
        }
        boolean like = SEARCHES.contains(operator);
        if (like && column.type() != Type.TEXT && column.type() != Type.ROLE) {
            query.fault("filterOperator", "Invalid option for " + field);
            return;
        }
        String path = column.path();
        if (column.type() == Type.ROLE) {
            path = "coalesce(" + path + ", '" + User.DEFAULT_ROLE + "')";
        }
        if (column.type() == Type.ID) {
            path = "coalesce(u.externalId, cast(u.id as string))";
        }
        String name = "p" + parameters.size();
        where.append(" and ");
        switch (operator) {
            case "in", "not_in" -> {
                where.append(path)
                        .append(operator.equals("in") ? " in :" : " not in :")
                        .append(name);
                parameters.put(name, read);
            }
            case "contains", "starts_with", "ends_with" -> {
                String value = (String) read.get(0);
                if (field.equals("name")) {
                    path = "left(" + path + ", " + UserSearchText.NAME_LENGTH + ")";
                }
                String folded = folded(":" + name);
                where.append(condition(operator, folded(path), folded));
                parameters.put(name, value);
                if (SEARCHABLE.contains(field)) {
                    // the condition is the one above; by this one an index finds who may meet it
                    where.append(
                                    " and exists (select 1 from UserSearchText s where s.userId = u.id")
                            .append(" and function(search_matches as Boolean, s.text, ")
                            .append(folded)
                            .append("))");
                }
            }
            default -> {
                where.append(path).append(sign(operator)).append(':').append(name);
                parameters.put(name, read.get(0));
            }
        }
    }

    private static String sign(String operator) {
        return switch (operator) {
            case "ne" -> " <> ";
            case "lt" -> " < ";
            case "lte" -> " <= ";
            case "gt" -> " > ";
            case "gte" -> " >= ";
            default -> " = ";
        };
    }

    /** Without letter case and accents, as the REST API searches too. */
    private static String folded(String text) {
        return "function(search_fold as String, " + text + ")";
    }

    /** The value's own wildcards mean themselves. */
    private static String condition(String operator, String text, String value) {
        return switch (operator) {
            case "starts_with" -> "left(" + text + ", length(" + value + ")) = " + value;
            case "ends_with" -> "right(" + text + ", length(" + value + ")) = " + value;
            default -> "locate(" + value + ", " + text + ") > 0";
        };
    }

    private static Optional<Object> parse(Column column, String value) {
        return switch (column.type()) {
            case TEXT ->
                    Optional.of(
                            column.path().equals("u.emailKey") ? EmailAddress.key(value) : value);
            case ROLE, ID -> Optional.of(value);
            case BOOLEAN ->
                    value.equals("true") || value.equals("false")
                            ? Optional.of(Boolean.valueOf(value))
                            : Optional.empty();
            case TIME -> {
                try {
                    yield Optional.of(Times.storable(Instant.parse(value)));
                } catch (DateTimeException e) {
                    yield Optional.empty();
                }
            }
        };
    }

    private static Integer number(Fields query, String name) {
        return query.optionalString(name)
                .filter(text -> text.matches("\\d{1,9}"))
                .map(Integer::valueOf)
                .filter(number -> number > 0)
                .orElse(null);
    }

    private static String unknown() {
        return "Invalid option: expected one of "
                + String.join("|", COLUMNS.keySet().stream().sorted().toList());
    }
}
