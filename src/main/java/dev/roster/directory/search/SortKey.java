package dev.roster.directory.search;

import dev.roster.platform.json.Text;
import dev.roster.platform.json.Times;
import dev.roster.platform.persistence.ImportableEntity;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What users can be sorted by: never null, and each with an index in whose order it is. */
enum SortKey {
    ID("id", null, null),
    NAME("name", "search_fold(left(u.name, 100))", Selection.Table.USERS, "s.name_key"),
    EMAIL("email", "u.email_key", Selection.Table.USERS, "s.email_key"),
    /** Who has none comes first. */
    USERNAME("username", "coalesce(u.username, '')", Selection.Table.USERS, "s.username_key"),
    CREATED_AT("createdAt", "u.created_at", Selection.Table.USERS),
    UPDATED_AT("updatedAt", "u.updated_at", Selection.Table.USERS),
    /** Who was never seen comes first. */
    LAST_SEEN_AT("lastSeenAt", "a.last_seen_at", Selection.Table.ACTIVITY),
    /** Not to be asked for: the order of a list by age. */
    BIRTH_DATE(null, "p.birth_date", Selection.Table.PROFILES);

    private final String parameter;

    /** An expression; null for the id, which is in every table. */
    final String column;

    /** Where the column is; empty for the id. */
    final Optional<Selection.Table> table;

    /** The same value beside the text that users are searched by; null where it is not there. */
    final String searchColumn;

    SortKey(String parameter, String column, Selection.Table table) {
        this(parameter, column, table, null);
    }

    SortKey(String parameter, String column, Selection.Table table, String searchColumn) {
        this.parameter = parameter;
        this.column = column;
        this.table = Optional.ofNullable(table);
        this.searchColumn = searchColumn;
    }

    static Optional<SortKey> of(String parameter) {
        return Arrays.stream(values()).filter(key -> parameter.equals(key.parameter)).findFirst();
    }

    static String names() {
        return Arrays.stream(values())
                .filter(key -> key.parameter != null)
                .map(key -> key.parameter)
                .collect(Collectors.joining(", "));
    }

    /** The key of a row, as a cursor holds it. */
    String read(ResultSet row, String label) throws SQLException {
        return switch (this) {
            case CREATED_AT, UPDATED_AT, LAST_SEEN_AT -> {
                Instant time = Sql.instant(row.getObject(label, OffsetDateTime.class));
                yield time.equals(Instant.MIN) ? "" : time.toString();
            }
            default -> row.getString(label);
        };
    }

    /** The value of a parameter; empty for what no row of ours has had. */
    Optional<Object> parse(String text) {
        if (text == null || !Text.isStorable(text)) {
            return Optional.empty();
        }
        try {
            return switch (this) {
                case ID -> ImportableEntity.ownId(text).map(id -> id);
                case NAME, EMAIL, USERNAME -> Optional.of(text);
                case CREATED_AT, UPDATED_AT, LAST_SEEN_AT ->
                        text.isEmpty()
                                ? Optional.of(Instant.MIN)
                                : Optional.of(Times.storable(Instant.parse(text)));
                case BIRTH_DATE -> Optional.of(Times.storable(LocalDate.parse(text)));
            };
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
