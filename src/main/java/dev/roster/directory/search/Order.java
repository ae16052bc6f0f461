package dev.roster.directory.search;

import dev.roster.platform.problem.ProblemException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The order of a list. It ends with the id, in the direction of the column before, so that no two
 * users are alike and an index can be read either way.
 */
record Order(List<Column> columns) {

    /** By which an answer carries the keys of its rows. */
    private static final String LABEL = "key_";

    private static final Set<SortKey> BY_TEXT =
            EnumSet.of(SortKey.NAME, SortKey.EMAIL, SortKey.USERNAME);

    /**
     * @param searched whether its value is taken from beside the text that users are searched by
     */
    record Column(SortKey key, boolean descending, boolean searched) {

        Column(SortKey key, boolean descending) {
            this(key, descending, false);
        }

        Optional<Selection.Table> table() {
            return searched ? Optional.of(Selection.Table.SEARCH) : key.table;
        }

        String expression(String id) {
            return key == SortKey.ID ? id : searched ? key.searchColumn : key.column;
        }

        String sign() {
            return descending ? " < " : " > ";
        }

        String direction() {
            return descending ? " DESC" : "";
        }

        @Override
        public String toString() {
            return (descending ? "-" : "") + key;
        }
    }

    /** The order that {@code sort} asks for, or the one in which the filter finds most quickly. */
    static Order of(String sort, UserFilter filter) {
        if (sort == null) {
            return by(usual(filter));
        }
        List<Column> columns = new ArrayList<>();
        Set<SortKey> seen = EnumSet.noneOf(SortKey.class);
        for (String part : sort.split(",", -1)) {
            boolean descending = part.startsWith("-");
            SortKey key =
                    SortKey.of(descending ? part.substring(1) : part)
                            .orElseThrow(
                                    () ->
                                            ProblemException.invalidParameter(
                                                    "sort",
                                                    "must be of "
                                                            + SortKey.names()
                                                            + ", a - before it for descending"));
            if (!seen.add(key)) {
                throw ProblemException.invalidParameter("sort", "names a column twice");
            }
            columns.add(new Column(key, descending));
            if (key == SortKey.ID) {
                // no two users have the same: what follows says nothing
                break;
            }
        }
        return new Order(List.copyOf(columns));
    }

    private static SortKey usual(UserFilter filter) {
        if (filter.created().isGiven()) {
            return SortKey.CREATED_AT;
        }
        if (filter.lastSeen().isGiven()) {
            return SortKey.LAST_SEEN_AT;
        }
        return filter.hasAge() ? SortKey.BIRTH_DATE : SortKey.ID;
    }

    private static Order by(SortKey key) {
        return new Order(List.of(new Column(key, false)));
    }

    /** The tables that the columns are in. */
    Set<Selection.Table> tables() {
        return columns.stream()
                .flatMap(column -> column.table().stream())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Selection.Table.class)));
    }

    /** The table of the first column, whose index ends with its id; empty for any. */
    Optional<Selection.Table> id() {
        return columns.get(0).table();
    }

    boolean isByNameAlone() {
        return columns.size() == 1 && columns.get(0).key() == SortKey.NAME;
    }

    /** Whether what a user is searched by says where it is in the list. */
    boolean isByText() {
        return BY_TEXT.contains(columns.get(0).key());
    }

    /** The same order by what is beside the text that users are searched by, as far as it is. */
    Order searched() {
        return new Order(
                columns.stream()
                        .map(
                                column ->
                                        new Column(
                                                column.key(),
                                                column.descending(),
                                                column.key().searchColumn != null))
                        .toList());
    }

    boolean isById() {
        return columns.get(0).key() == SortKey.ID;
    }

    /** That of the id in a list by id. */
    String idDirection() {
        return columns.get(0).direction();
    }

    /** The columns and the id. */
    private List<Column> all() {
        Column last = columns.get(columns.size() - 1);
        if (last.key() == SortKey.ID) {
            return columns;
        }
        List<Column> all = new ArrayList<>(columns);
        all.add(new Column(SortKey.ID, last.descending()));
        return all;
    }

    /** How many keys a cursor has. */
    int size() {
        return all().size();
    }

    /** What is to be selected beside the id. */
    String keys(String id) {
        List<Column> all = all();
        StringBuilder keys = new StringBuilder();
        for (int i = 0; i < all.size(); i++) {
            keys.append(", ").append(all.get(i).expression(id)).append(" AS " + LABEL).append(i);
        }
        return keys.toString();
    }

    String orderBy(String id) {
        return all().stream()
                .map(column -> column.expression(id) + column.direction())
                .collect(Collectors.joining(", ", " ORDER BY ", ""));
    }

    /** The keys of a table that has them. */
    String labels(String table) {
        StringBuilder labels = new StringBuilder();
        for (int i = 0; i < size(); i++) {
            labels.append(", ").append(table).append("." + LABEL).append(i);
        }
        return labels.toString();
    }

    /** The same around a table that has the {@link #keys}. */
    String orderByKeys(String table) {
        List<Column> all = all();
        List<String> terms = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            terms.add(table + "." + LABEL + i + all.get(i).direction());
        }
        return " ORDER BY " + String.join(", ", terms);
    }

    /** The keys of a row, for a cursor. */
    List<String> read(ResultSet row) throws SQLException {
        List<Column> all = all();
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            keys.add(all.get(i).key().read(row, LABEL + i));
        }
        return keys;
    }

    /**
     * The position behind a row.
     *
     * @param keys as {@link #read} gave them
     * @throws ProblemException 400, naming {@code cursor}
     */
    Position after(List<String> keys) {
        List<Column> all = all();
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            values.add(
                    all.get(i)
                            .key()
                            .parse(keys.get(i))
                            .orElseThrow(
                                    () ->
                                            ProblemException.invalidParameter(
                                                    "cursor", "is no cursor of ours")));
        }
        return new Position(this, values);
    }

    /** Where to read on. */
    record Position(Order order, List<Object> values) {

        Position searched() {
            return new Position(order.searched(), values);
        }

        Bound of(String id) {
            return new Bound(order.all(), values, id);
        }
    }

    /**
     * The conditions for the rows behind a position.
     *
     * @param id the expression of the id
     */
    record Bound(List<Column> columns, List<Object> values, String id) {

        /**
         * In a list by id, the condition on the id of a table, since the planner does not conclude
         * from one that is equal; in others nothing.
         */
        Sql on(String tableId) {
            Column first = columns.get(0);
            return first.key() == SortKey.ID
                    ? Sql.of(" AND " + tableId + first.sign() + "?", values.get(0))
                    : Sql.of("");
        }

        Sql condition() {
            Column first = columns.get(0);
            if (first.key() == SortKey.ID) {
                // said of each table
                return Sql.of("");
            }
            if (columns.stream().map(Column::descending).distinct().count() == 1) {
                String row =
                        columns.stream()
                                .map(column -> column.expression(id))
                                .collect(Collectors.joining(", "));
                return Sql.of(
                        " AND ("
                                + row
                                + ")"
                                + first.sign()
                                + "(?"
                                + ", ?".repeat(columns.size() - 1)
                                + ")",
                        values.toArray());
            }
            // the first part says nothing new, but an index can be entered by it
            return Sql.of(
                            " AND "
                                    + first.expression(id)
                                    + (first.descending() ? " <= ?" : " >= ?")
                                    + " AND ",
                            values.get(0))
                    .add(from(0));
        }

        private Sql from(int i) {
            String expression = columns.get(i).expression(id);
            Sql beyond = Sql.of(expression + columns.get(i).sign() + "?", values.get(i));
            return i == columns.size() - 1
                    ? beyond
                    : Sql.of("(")
                            .add(beyond)
                            .add(" OR " + expression + " = ? AND ", values.get(i))
                            .add(from(i + 1))
                            .add(")");
        }
    }
}
