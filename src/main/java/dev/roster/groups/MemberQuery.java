package dev.roster.groups;

import dev.roster.accounts.betterauth.Fields;
import dev.roster.platform.json.Times;
import jakarta.persistence.TypedQuery;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Which members of an organization are listed, in what order (contract, section 16). */
final class MemberQuery {

    private static final String TEXT = "coalesce(%1$s.externalId, cast(%1$s.id as String))";

    /** The fields that can be sorted and filtered by. */
    private static final Map<String, String> FIELDS =
            Map.of(
                    "id", String.format(Locale.ROOT, TEXT, "m"),
                    "userId", String.format(Locale.ROOT, TEXT, "u"),
                    "organizationId", String.format(Locale.ROOT, TEXT, "g"),
                    "role", "array_to_string(m.roles, ',')",
                    "createdAt", "m.createdAt");

    private static final Map<String, String> OPERATORS =
            Map.ofEntries(
                    Map.entry("eq", "%s = :value"),
                    Map.entry("ne", "%s <> :value"),
                    Map.entry("lt", "%s < :value"),
                    Map.entry("lte", "%s <= :value"),
                    Map.entry("gt", "%s > :value"),
                    Map.entry("gte", "%s >= :value"),
                    Map.entry("in", "%s in :value"),
                    Map.entry("not_in", "%s not in :value"),
                    Map.entry("contains", "locate(:value, %s) > 0"),
                    Map.entry("starts_with", "left(%s, length(:value)) = :value"),
                    Map.entry("ends_with", "right(%s, length(:value)) = :value"));

    private static final List<String> LISTS = List.of("in", "not_in");
    private static final List<String> OF_TEXTS = List.of("contains", "starts_with", "ends_with");

    private final int limit;
    private final int offset;
    private final String order;
    private final String filter;
    private final Object value;

    private MemberQuery(int limit, int offset, String order, String filter, Object value) {
        this.limit = limit;
        this.offset = offset;
        this.order = order;
        this.filter = filter;
        this.value = value;
    }

    /**
     * Reads the query's parameters; what is wrong with them is told by {@link Fields#check}.
     *
     * @param most rows of one page, which is also what a page has when none is asked for
     */
    static MemberQuery of(Fields query, int most) {
        int limit = Callers.number(query, "limit").filter(asked -> asked > 0).orElse(most);
        int offset = Callers.number(query, "offset").orElse(0);
        String sort = field(query, "sortBy").orElse("createdAt");
        String direction =
                query.optionalOneOf("sortDirection", List.of("asc", "desc")).orElse("asc");
        String order = FIELDS.get(sort) + " " + direction + ", m.id " + direction;

        Optional<String> field = field(query, "filterField");
        String operator =
                query.optionalOneOf("filterOperator", OPERATORS.keySet().stream().sorted().toList())
                        .orElse("eq");
        List<String> values = query.optionalStrings("filterValue").orElse(List.of());
        if (field.isEmpty()) {
            return new MemberQuery(Math.min(limit, most), offset, order, "", null);
        }
        boolean list = LISTS.contains(operator);
        boolean time = field.get().equals("createdAt");
        if (time && OF_TEXTS.contains(operator)) {
            query.fault("filterOperator", "Invalid option: createdAt is not a text");
        }
        if (values.isEmpty() || values.size() > 1 && !list) {
            query.fault("filterValue", "Invalid input");
            values = List.of("");
        }
        List<?> typed = time ? times(query, values) : values;
        return new MemberQuery(
                Math.min(limit, most),
                offset,
                order,
                " and "
                        + String.format(
                                Locale.ROOT, OPERATORS.get(operator), FIELDS.get(field.get())),
                list ? typed : typed.get(0));
    }

    /** A page of the members, with their users. */
    List<Membership> list(UUID groupId) {
        return where(
                        "from Membership m join fetch m.user u join fetch m.group g",
                        " order by " + order,
                        groupId,
                        Membership.class)
                .setFirstResult(offset)
                .setMaxResults(limit)
                .getResultList();
    }

    /** How many there are on all pages. */
    long count(UUID groupId) {
        return where(
                        "select count(*) from Membership m join m.user u join m.group g",
                        "",
                        groupId,
                        Long.class)
                .getSingleResult();
    }

    private <T> TypedQuery<T> where(String from, String rest, UUID groupId, Class<T> type) {
        TypedQuery<T> query =
                Membership.getEntityManager()
                        .createQuery(from + " where g.id = :group" + filter + rest, type)
                        .setParameter("group", groupId);
        return value == null ? query : query.setParameter("value", value);
    }

    private static Optional<String> field(Fields query, String name) {
        return query.optionalOneOf(name, FIELDS.keySet().stream().sorted().toList());
    }

    private static List<Instant> times(Fields query, List<String> texts) {
        try {
            return texts.stream().map(Instant::parse).map(Times::storable).toList();
        } catch (DateTimeException e) {
            query.fault("filterValue", "Invalid input: expected an ISO 8601 time in UTC");
            return List.of(Instant.EPOCH);
        }
    }
}
