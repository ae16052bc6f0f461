package dev.roster.directory.search;

import dev.roster.platform.json.Text;
import dev.roster.platform.json.Times;
import dev.roster.platform.problem.ProblemException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Which users are meant: by the parameters of the list, which bulk changes and exports take too.
 * All of them must hold; of a list with commas one.
 *
 * @param words each of which a name, an address or a user name must hold
 * @param roles by name
 * @param groups by id or slug
 * @param attributes the values by the name of the attribute
 * @param deleted those who are deleted, and none else
 */
public record UserFilter(
        List<String> words,
        SortedSet<String> roles,
        SortedSet<String> groups,
        SortedSet<String> statuses,
        Optional<Boolean> banned,
        Optional<Boolean> emailVerified,
        Period created,
        Period lastSeen,
        Optional<Integer> minAge,
        Optional<Integer> maxAge,
        SortedSet<String> locales,
        Optional<Boolean> hasProfile,
        SortedMap<String, SortedSet<String>> attributes,
        boolean deleted) {

    /** The parameters' names, beside those that begin with {@link #ATTRIBUTE}. */
    public static final Set<String> PARAMETERS =
            Set.of(
                    "q",
                    "role",
                    "group",
                    "status",
                    "banned",
                    "emailVerified",
                    "createdFrom",
                    "createdTo",
                    "lastSeenFrom",
                    "lastSeenTo",
                    "minAge",
                    "maxAge",
                    "locale",
                    "hasProfile",
                    "deleted");

    public static final String ATTRIBUTE = "attributes.";

    private static final Set<String> STATUSES = Set.of("active", "invited");
    private static final int MAX_TEXT = 200;
    private static final int MAX_WORDS = 8;
    private static final int MAX_VALUES = 50;
    private static final int MAX_ATTRIBUTES = 8;
    private static final int MAX_AGE = 150;

    /**
     * A time from, inclusive, and to, exclusive.
     *
     * @param from null for any
     * @param to null for any
     */
    public record Period(Instant from, Instant to) {

        boolean isGiven() {
            return from != null || to != null;
        }
    }

    /** Whether a parameter is one of a filter. */
    public static boolean isParameter(String name) {
        return PARAMETERS.contains(name)
                || name.startsWith(ATTRIBUTE) && name.length() > ATTRIBUTE.length();
    }

    /**
     * Reads a filter.
     *
     * @param parameters by name; names that are no {@link #isParameter} are not looked at
     * @throws ProblemException 400, naming the parameter
     */
    public static UserFilter of(Map<String, String> parameters) {
        Reader reader = new Reader(parameters);
        Period created = reader.period("createdFrom", "createdTo");
        Period lastSeen = reader.period("lastSeenFrom", "lastSeenTo");
        Optional<Integer> minAge = reader.age("minAge");
        Optional<Integer> maxAge = reader.age("maxAge");
        if (minAge.isPresent() && maxAge.isPresent() && minAge.get() > maxAge.get()) {
            throw ProblemException.invalidParameter("maxAge", "is below minAge");
        }
        return new UserFilter(
                reader.words(),
                reader.list("role"),
                reader.list("group"),
                reader.statuses(),
                reader.bool("banned"),
                reader.bool("emailVerified"),
                created,
                lastSeen,
                minAge,
                maxAge,
                reader.list("locale"),
                reader.bool("hasProfile"),
                reader.attributes(),
                reader.bool("deleted").orElse(false));
    }

    boolean hasAge() {
        return minAge.isPresent() || maxAge.isPresent();
    }

    /** Born before this day, exclusive; of people who have reached the least age. */
    Optional<LocalDate> bornBefore(LocalDate today) {
        return minAge.map(age -> today.minusYears(age).plusDays(1));
    }

    /** Born on this day or later; of people who have not passed the greatest age. */
    Optional<LocalDate> bornFrom(LocalDate today) {
        return maxAge.map(age -> today.minusYears(age + 1L).plusDays(1));
    }

    /** One value for each parameter, and none of them empty. */
    private record Reader(Map<String, String> parameters) {

        private Optional<String> text(String name) {
            String text = parameters.get(name);
            if (text == null) {
                return Optional.empty();
            }
            if (text.isBlank()) {
                throw ProblemException.invalidParameter(name, "is empty");
            }
            if (!Text.isStorable(text)) {
                throw ProblemException.invalidParameter(name, "holds characters that are not text");
            }
            return Optional.of(text);
        }

        private <T> Optional<T> read(String name, Function<String, T> reader, String otherwise) {
            return text(name)
                    .map(
                            text -> {
                                try {
                                    return reader.apply(text);
                                } catch (IllegalArgumentException | DateTimeException e) {
                                    throw ProblemException.invalidParameter(name, otherwise);
                                }
                            });
        }

        List<String> words() {
            return read(
                            "q",
                            Reader::split,
                            "has more than "
                                    + MAX_TEXT
                                    + " characters or "
                                    + MAX_WORDS
                                    + " words, or no letter or digit")
                    .orElse(List.of());
        }

        private static List<String> split(String q) {
            List<String> words =
                    new ArrayList<>(new TreeSet<>(List.of(q.strip().split("(?U)\\s+"))));
            // a sign by itself is in so many that it tells nobody from another
            words.removeIf(word -> word.codePoints().noneMatch(Character::isLetterOrDigit));
            require(q.length() <= MAX_TEXT && !words.isEmpty() && words.size() <= MAX_WORDS);
            return List.copyOf(words);
        }

        SortedSet<String> list(String name) {
            return read(name, Reader::values, "is no list of up to " + MAX_VALUES + " values")
                    .orElse(Collections.emptySortedSet());
        }

        private static SortedSet<String> values(String text) {
            SortedSet<String> values = new TreeSet<>();
            for (String value : text.split(",", -1)) {
                require(!value.isBlank() && value.length() <= MAX_TEXT);
                values.add(value.strip());
            }
            require(values.size() <= MAX_VALUES);
            return Collections.unmodifiableSortedSet(values);
        }

        SortedSet<String> statuses() {
            SortedSet<String> statuses = list("status");
            if (!STATUSES.containsAll(statuses)) {
                throw ProblemException.invalidParameter(
                        "status", "must be of " + String.join(", ", new TreeSet<>(STATUSES)));
            }
            return statuses;
        }

        Optional<Boolean> bool(String name) {
            return read(
                    name,
                    text -> {
                        require(text.equals("true") || text.equals("false"));
                        return text.equals("true");
                    },
                    "must be true or false");
        }

        Optional<Integer> age(String name) {
            return read(
                    name,
                    text -> {
                        require(text.matches("\\d{1,3}") && Integer.parseInt(text) <= MAX_AGE);
                        return Integer.valueOf(text);
                    },
                    "must be years from 0 to " + MAX_AGE);
        }

        Period period(String from, String to) {
            String rule = "must be a date, or a time with its zone, such as 2026-01-31T12:00:00Z";
            Period period =
                    new Period(
                            read(from, Times::parse, rule).orElse(null),
                            read(to, Times::parse, rule).orElse(null));
            if (period.from != null && period.to != null && !period.from.isBefore(period.to)) {
                throw ProblemException.invalidParameter(to, "is not after " + from);
            }
            return period;
        }

        SortedMap<String, SortedSet<String>> attributes() {
            SortedMap<String, SortedSet<String>> attributes = new TreeMap<>();
            for (String name : new TreeSet<>(parameters.keySet())) {
                if (name.startsWith(ATTRIBUTE)) {
                    if (attributes.size() == MAX_ATTRIBUTES
                            || name.length() > MAX_TEXT
                            || !Text.isStorable(name)) {
                        throw ProblemException.invalidParameter(
                                name, "is too long, or one of more than " + MAX_ATTRIBUTES);
                    }
                    attributes.put(name.substring(ATTRIBUTE.length()), list(name));
                }
            }
            return Collections.unmodifiableSortedMap(attributes);
        }

        private static void require(boolean condition) {
            if (!condition) {
                throw new IllegalArgumentException();
            }
        }
    }
}
