package dev.roster.directory.search;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The users that a filter means, as a part of a statement.
 *
 * <p>What many or few users can be is joined as a set of its own, by an index that holds the ids of
 * one value in order: so the first rows of a list by id are the first of that index, however many
 * follow. For the same reason a position in a list by id bounds each of these sets.
 *
 * @param words what each word of the filter is looked for as: one of these
 * @param roles ids; empty where the filter has none
 * @param everybody whether {@link dev.roster.users.User#DEFAULT_ROLE} is among the roles: who has
 *     no other is that
 * @param groups ids, those nested in them included
 */
record Selection(
        UserFilter filter,
        List<List<String>> words,
        Collection<UUID> roles,
        boolean everybody,
        Collection<UUID> groups,
        Instant now) {

    /** Beyond so many values of one filter nobody reads the sets one by one. */
    private static final int MAX_SETS = 8;

    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,40}(\\.\\d{1,40})?");

    /**
     * A profile that tells something; there are rows for the preferences' sake alone. The reader's
     * role may not read the phone, so its function is asked, last of all.
     */
    private static final String TOLD =
            "(%1$s.full_name IS NOT NULL OR %1$s.bio IS NOT NULL OR %1$s.birth_date IS NOT NULL OR"
                    + " %1$s.locale IS NOT NULL OR %1$s.timezone IS NOT NULL OR %1$s.website IS NOT"
                    + " NULL OR %1$s.attributes <> '{}' OR profile_phone_told(%1$s.user_id))";

    /** What users are read from; each of them has the user's id. */
    enum Table {
        USERS("users u", "u.id"),
        SEARCH("user_search s", "s.user_id"),
        ACTIVITY("user_activity a", "a.user_id"),
        PROFILES("user_profiles p", "p.user_id");

        final String name;
        final String id;

        Table(String name, String id) {
            this.name = name;
            this.id = id;
        }
    }

    /** The ids of the users, which is all that the statement needs to begin with. */
    Sql ids() {
        Set<Table> tables = tables(EnumSet.noneOf(Table.class));
        return Sql.of("SELECT " + first(tables).id).add(from(tables, null, null));
    }

    /** The ids and the sort keys of the first rows in an order. */
    Sql keys(Order order, Order.Position position, int offset, int limit) {
        Set<Table> tables = tables(order.tables());
        String id = order.id().orElse(first(tables)).id;
        Order.Bound bound = position == null ? null : position.of(id);
        return Sql.of("SELECT " + id + " AS id" + order.keys(id))
                .add(
                        isSearchedInOrder(order)
                                ? from(tables, found(), true, bound, order)
                                : from(tables, bound, order))
                .add(order.orderBy(id) + " LIMIT ? OFFSET ?", limit, offset);
    }

    /** Whether they are searched by words, and listed by what they are searched by. */
    boolean isSearchedInOrder(Order order) {
        return !words.isEmpty() && !filter.deleted() && order.isByText();
    }

    /**
     * The same of those users alone who are among so many rows behind the position, the others left
     * out.
     *
     * @param order by name, as it is beside the text that users are searched by
     */
    Sql near(Order order, Order.Position position, int rows, int offset, int limit) {
        String id = Table.SEARCH.id;
        Sql search = Sql.of("(SELECT s.user_id, s.name_key, s.text FROM user_search s WHERE true");
        if (position != null) {
            search.add(position.of(id).condition());
        }
        search.add(order.orderBy(id) + " LIMIT ?) s", rows);
        return Sql.of("SELECT " + id + " AS id" + order.keys(id))
                .add(from(tables(order.tables()), search, false, null, order))
                .add(order.orderBy(id) + " LIMIT ? OFFSET ?", limit, offset);
    }

    /** So many of the ids, whichever. */
    Sql ids(int limit) {
        return ids().add(" LIMIT ?", limit);
    }

    Sql count() {
        return Sql.of("SELECT count(*)").add(from(tables(EnumSet.noneOf(Table.class)), null, null));
    }

    private static Table first(Set<Table> tables) {
        return tables.iterator().next();
    }

    private Set<Table> tables(Set<Table> ordered) {
        Set<Table> tables = EnumSet.copyOf(ordered);
        if (!words.isEmpty() && !filter.deleted()) {
            tables.add(Table.SEARCH);
        }
        if (filter.lastSeen().isGiven()) {
            tables.add(Table.ACTIVITY);
        }
        if (filter.hasAge() || filter.locales().size() == 1 || filter.hasProfile().orElse(false)) {
            tables.add(Table.PROFILES);
        }
        // who is searched by words is not deleted, and needs no look at the user for that
        if (!tables.contains(Table.SEARCH)
                || !filter.statuses().isEmpty()
                || filter.banned().isPresent()
                || filter.emailVerified().isPresent()
                || filter.created().isGiven()) {
            tables.add(Table.USERS);
        }
        return tables;
    }

    private Sql from(Set<Table> tables, Order.Bound bound, Order order) {
        return from(tables, Sql.of(Table.SEARCH.name), false, bound, order);
    }

    /**
     * @param search what takes the place of {@link Table#SEARCH}
     * @param found whether that are already those whom the words mean
     */
    private Sql from(Set<Table> tables, Sql search, boolean found, Order.Bound bound, Order order) {
        String id = first(tables).id;
        Sql from = Sql.of("");
        Sql where = Sql.of(" WHERE true");
        for (Table table : tables) {
            from.add(table == first(tables) ? " FROM " : " JOIN ");
            from.add(table == Table.SEARCH ? search : Sql.of(table.name));
            if (table != first(tables)) {
                from.add(" ON " + table.id + " = " + id);
            }
            if (bound != null) {
                where.add(bound.on(table.id));
            }
        }
        sets(new Sets(from, where, id, order, bound));
        users(tables, where);
        if (!found) {
            words(where);
        }
        period(where, "a.last_seen_at", filter.lastSeen());
        if (filter.lastSeen().isGiven() && filter.lastSeen().from() == null) {
            // who was never seen was not seen before some time either
            where.add(" AND a.last_seen_at > ?", Instant.MIN);
        }
        profiles(where, id);
        roles(where, id);
        if (bound != null) {
            where.add(bound.condition());
        }
        return from.add(where);
    }

    private void users(Set<Table> tables, Sql where) {
        if (!tables.contains(Table.USERS)) {
            return;
        }
        where.add(" AND u.deleted_at IS " + (filter.deleted() ? "NOT NULL" : "NULL"));
        anyOf(where, "u.status", filter.statuses());
        filter.banned()
                .ifPresent(
                        banned ->
                                where.add(
                                        banned
                                                ? " AND u.banned AND (u.ban_expires IS NULL OR"
                                                        + " u.ban_expires > ?)"
                                                : " AND (NOT u.banned OR u.ban_expires <= ?)",
                                        now));
        filter.emailVerified()
                .ifPresent(
                        verified ->
                                where.add(
                                        verified
                                                ? " AND u.email_verified"
                                                : " AND NOT u.email_verified"));
        period(where, "u.created_at", filter.created());
    }

    /** Whom the words mean, found before they are sorted, whatever index the order has. */
    private Sql found() {
        Sql found = Sql.of("(SELECT s.* FROM user_search s WHERE true");
        words(found);
        return found.add(" OFFSET 0) s");
    }

    private void words(Sql where) {
        String text =
                filter.deleted() ? "user_search_text(u.name, u.email_key, u.username)" : "s.text";
        for (List<String> spellings : words) {
            where.add(
                    spellings.stream()
                            .map(spelling -> "search_matches(" + text + ", search_term(?))")
                            .collect(Collectors.joining(" OR ", " AND (", ")")),
                    spellings.toArray());
        }
    }

    private static void period(Sql where, String column, UserFilter.Period period) {
        if (period.from() != null) {
            where.add(" AND " + column + " >= ?", period.from());
        }
        if (period.to() != null) {
            where.add(" AND " + column + " < ?", period.to());
        }
    }

    private void profiles(Sql where, String id) {
        LocalDate today = now.atZone(ZoneOffset.UTC).toLocalDate();
        filter.bornFrom(today).ifPresent(day -> where.add(" AND p.birth_date >= ?", day));
        filter.bornBefore(today).ifPresent(day -> where.add(" AND p.birth_date < ?", day));
        if (filter.locales().size() == 1) {
            where.add(" AND p.locale = ?", filter.locales().first());
        }
        filter.hasProfile()
                .ifPresent(
                        told ->
                                where.add(
                                        told
                                                ? " AND " + String.format(Locale.ROOT, TOLD, "p")
                                                : " AND NOT EXISTS (SELECT FROM user_profiles x"
                                                        + " WHERE x.user_id = "
                                                        + id
                                                        + " AND "
                                                        + String.format(Locale.ROOT, TOLD, "x")
                                                        + ")"));
    }

    private void roles(Sql where, String id) {
        if (!everybody) {
            return;
        }
        where.add(
                " AND (NOT EXISTS (SELECT FROM role_grants x WHERE x.user_id = "
                        + id
                        + ") OR EXISTS (SELECT FROM role_grants x WHERE x.user_id = "
                        + id
                        + " AND x.role_id = ANY (?)))",
                (Object) roles.toArray(UUID[]::new));
    }

    private void sets(Sets sets) {
        if (!everybody) {
            sets.add("role_grants", "role_id", roles, Map.of());
        }
        sets.add("memberships", "group_id", groups, Map.of());
        if (filter.locales().size() > 1) {
            sets.add("user_profiles", "locale", filter.locales(), Map.of());
        }
        for (Map.Entry<String, SortedSet<String>> attribute : filter.attributes().entrySet()) {
            sets.add(
                    "user_attributes",
                    "value",
                    spellings(attribute.getValue()),
                    Map.of("name", attribute.getKey()));
        }
    }

    /** A number is stored without zeros behind it; as a text it is stored as it is. */
    private static Set<String> spellings(Set<String> values) {
        Set<String> spellings = new TreeSet<>(values);
        for (String value : values) {
            if (NUMBER.matcher(value).matches()) {
                BigDecimal number = new BigDecimal(value);
                spellings.add(
                        number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString());
            }
        }
        return spellings;
    }

    private static void anyOf(Sql where, String column, Collection<String> values) {
        if (values.size() == 1) {
            // one value, so that the planner can tell a partial index by it
            where.add(" AND " + column + " = ?", values.iterator().next());
        } else if (!values.isEmpty()) {
            where.add(" AND " + column + " = ANY (?)", (Object) values.toArray(String[]::new));
        }
    }

    /** The sets that a user must be in. */
    private static final class Sets {

        private final Sql from;
        private final Sql where;
        private final String id;
        private final Order order;
        private final Order.Bound bound;
        private int joined;
        private boolean merged;

        Sets(Sql from, Sql where, String id, Order order, Order.Bound bound) {
            this.from = from;
            this.where = where;
            this.id = id;
            this.order = order;
            this.bound = bound;
        }

        /**
         * The users of a table's rows with any of the values.
         *
         * @param fixed further columns and their values
         */
        void add(String table, String column, Collection<?> values, Map<String, String> fixed) {
            if (values.isEmpty()) {
                return;
            }
            if (values.size() == 1) {
                from.add(" JOIN ").add(set(table, column, values.iterator().next(), fixed));
                join();
            } else if (values.size() > MAX_SETS || merged || order == null || !order.isById()) {
                // of two merged sets the planner cannot tell how large they are
                exists(table, column, values, fixed);
            } else {
                merged = true;
                merge(table, column, values, fixed);
                join();
            }
        }

        private void join() {
            String name = "f" + ++joined;
            from.add(" " + name + " ON " + name + ".user_id = " + id);
        }

        private void exists(
                String table, String column, Collection<?> values, Map<String, String> fixed) {
            where.add(
                    " AND EXISTS (SELECT FROM "
                            + table
                            + " x WHERE x.user_id = "
                            + id
                            + " AND x."
                            + column
                            + " = ANY (?)",
                    array(values));
            fixed.forEach((name, value) -> where.add(" AND x." + name + " = ?", value));
            where.add(")");
        }

        /** The sets in order, each without those whom one before it has brought already. */
        private void merge(
                String table, String column, Collection<?> values, Map<String, String> fixed) {
            // of a profile and of an attribute a user has one
            boolean once = table.equals("user_profiles") || !fixed.isEmpty();
            List<Object> before = new ArrayList<>();
            for (Object value : values) {
                Sql set = Sql.of("SELECT t.user_id FROM ").add(set(table, column, value, fixed));
                set.add(" t");
                if (!once && !before.isEmpty()) {
                    set.add(
                            " WHERE NOT EXISTS (SELECT FROM "
                                    + table
                                    + " d WHERE d.user_id = t.user_id AND d."
                                    + column
                                    + " = ANY (?))",
                            array(before));
                }
                from.add(before.isEmpty() ? " JOIN ((" : " UNION ALL (").add(set);
                from.add(" ORDER BY t.user_id" + order.idDirection() + ")");
                before.add(value);
            }
            from.add(")");
        }

        private Sql set(String table, String column, Object value, Map<String, String> fixed) {
            Sql set =
                    Sql.of(
                            "(SELECT m.user_id FROM " + table + " m WHERE m." + column + " = ?",
                            value);
            fixed.forEach((name, text) -> set.add(" AND m." + name + " = ?", text));
            if (bound != null) {
                set.add(bound.on("m.user_id"));
            }
            return set.add(")");
        }

        private static Object array(Collection<?> values) {
            return values.iterator().next() instanceof UUID
                    ? values.toArray(UUID[]::new)
                    : values.toArray(String[]::new);
        }
    }
}
