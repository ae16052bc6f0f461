package dev.roster.directory.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roster.testing.Caller;
import dev.roster.testing.Database;
import dev.roster.testing.Rest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * For random users, filters, orders and sizes, while others come and go, a reader by cursor sees
 * whoever is there throughout, once.
 *
 * <p>The data are jqwik's, the test is JUnit's: the service runs in the tests' own class loader.
 */
@QuarkusTest
@DisplayName("Reading the directory by cursor")
class CursorPropertiesTest {

    private static final int TRIES = 40;
    private static final Instant TIME = Instant.parse("2001-01-01T00:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Caller admin;

    /**
     * A user; the values are few, so that many are alike.
     *
     * @param seen null for never
     */
    record Person(
            UUID id, String name, String username, int created, Integer seen, boolean banned) {}

    /** A filter and whom it means. */
    record Filter(Map<String, String> parameters, Predicate<Person> means) {}

    /** What is read, how, and how much happens between two parts. */
    record Reading(
            List<Person> people,
            Filter filter,
            String sort,
            int size,
            List<Person> coming,
            int going) {}

    private static Arbitrary<Person> people() {
        return Combinators.combine(
                        Arbitraries.randomValue(
                                random -> new UUID(random.nextLong(), random.nextLong())),
                        Arbitraries.of("ab", "AB", "b", "Ünal", "x y"),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 2).injectNull(0.3),
                        Arbitraries.of(true, false))
                .as(
                        (id, name, named, created, seen, banned) ->
                                new Person(
                                        id,
                                        name,
                                        named == 0 ? null : "u" + id,
                                        created,
                                        seen,
                                        banned));
    }

    private static Arbitrary<Filter> filters() {
        return Arbitraries.of(
                new Filter(Map.of(), person -> true),
                new Filter(Map.of("banned", "true"), Person::banned),
                new Filter(Map.of("banned", "false"), person -> !person.banned()),
                new Filter(
                        Map.of("createdFrom", TIME.plusSeconds(1).toString()),
                        person -> person.created() >= 1),
                new Filter(
                        Map.of("lastSeenFrom", TIME.toString()), person -> person.seen() != null),
                new Filter(
                        Map.of(
                                "lastSeenTo",
                                TIME.plusSeconds(2).toString(),
                                "createdTo",
                                TIME.plusSeconds(3).toString()),
                        person ->
                                person.seen() != null
                                        && person.seen() < 2
                                        && person.created() < 3));
    }

    /** Empty for the usual one. */
    private static Arbitrary<String> sorts() {
        return Arbitraries.of(
                        "name", "email", "username", "createdAt", "updatedAt", "lastSeenAt", "id")
                .list()
                .uniqueElements()
                .ofMaxSize(3)
                .flatMap(
                        columns ->
                                Arbitraries.of("", "-")
                                        .list()
                                        .ofSize(columns.size())
                                        .map(
                                                signs -> {
                                                    List<String> parts = new ArrayList<>();
                                                    for (int i = 0; i < columns.size(); i++) {
                                                        parts.add(signs.get(i) + columns.get(i));
                                                    }
                                                    return String.join(",", parts);
                                                }));
    }

    static List<Reading> readings() {
        long seed = Long.getLong("jqwik.seed", System.nanoTime());
        Random random = new Random(seed);
        System.out.println("-Djqwik.seed=" + seed);
        Arbitrary<Reading> readings =
                Combinators.combine(
                                people().list().ofMaxSize(30),
                                filters(),
                                sorts(),
                                Arbitraries.integers().between(1, 7),
                                people().list().ofMaxSize(3),
                                Arbitraries.integers().between(0, 2))
                        .as(Reading::new);
        List<Reading> all = new ArrayList<>();
        JqwikSession.run(
                () -> {
                    RandomGenerator<Reading> generator = readings.generator(TRIES);
                    for (int i = 0; i < TRIES; i++) {
                        all.add(generator.next(random).value());
                    }
                });
        return all;
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("readings")
    @DisplayName("shows who is there throughout, once and in order")
    void complete(Reading reading) {
        if (admin == null) {
            admin = Caller.admin();
        }
        String mark = People.mark();
        insert(reading.people(), mark);
        Set<UUID> throughout =
                reading.people().stream()
                        .filter(reading.filter().means())
                        .map(Person::id)
                        .collect(Collectors.toCollection(HashSet::new));
        List<Person> leaving = new ArrayList<>(reading.people());
        Set<UUID> gone = new HashSet<>();
        List<JsonNode> seen = new ArrayList<>();
        String cursor = null;
        int parts = 0;
        do {
            JsonNode part = read(reading, mark, cursor);
            part.get("items").forEach(seen::add);
            cursor = part.get("next").isNull() ? null : part.get("next").asText();
            if (parts++ < 4) {
                insert(
                        reading.coming().stream()
                                .map(
                                        person ->
                                                new Person(
                                                        UUID.randomUUID(),
                                                        person.name(),
                                                        null,
                                                        person.created(),
                                                        person.seen(),
                                                        person.banned()))
                                .toList(),
                        mark);
                for (int i = 0; i < reading.going() && !leaving.isEmpty(); i++) {
                    UUID id = leaving.remove(leaving.size() / 2).id();
                    Database.update("UPDATE users SET deleted_at = now() WHERE id = ?", id);
                    gone.add(id);
                }
            }
            assertTrue(parts < 200, "no end");
        } while (cursor != null);

        List<UUID> ids =
                seen.stream().map(user -> UUID.fromString(user.get("id").asText())).toList();
        assertEquals(new HashSet<>(ids).size(), ids.size(), "somebody twice: " + reading);
        throughout.removeAll(gone);
        Set<UUID> missed = new HashSet<>(throughout);
        missed.removeAll(new HashSet<>(ids));
        assertEquals(Set.of(), missed, "not seen: " + reading);
        if (!reading.sort().isEmpty()) {
            Comparator<JsonNode> order = Comparisons.of(reading.sort());
            assertEquals(seen.stream().sorted(order).toList(), seen, reading.toString());
        }
    }

    private static JsonNode read(Reading reading, String mark, String cursor) {
        RequestSpecification request =
                admin.request()
                        .queryParam("q", mark)
                        .queryParams(reading.filter().parameters())
                        .queryParam("size", reading.size());
        if (!reading.sort().isEmpty()) {
            request.queryParam("sort", reading.sort());
        }
        if (cursor != null) {
            request.queryParam("cursor", cursor);
        }
        Response answer = request.get("/api/v1/users");
        assertEquals(200, answer.statusCode(), answer.asString());
        return Rest.json(answer);
    }

    private static void insert(List<Person> people, String mark) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Person person : people) {
            Map<String, Object> row = new HashMap<>();
            row.put("id", person.id());
            row.put("name", person.name() + " " + mark);
            row.put("username", person.username());
            row.put("at", TIME.plusSeconds(person.created()).toString());
            row.put("banned", person.banned());
            row.put(
                    "seen",
                    person.seen() == null ? null : TIME.plusSeconds(person.seen()).toString());
            rows.add(row);
        }
        String json;
        try {
            json = JSON.writeValueAsString(rows);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
        String from =
                " FROM jsonb_to_recordset(CAST(? AS jsonb)) p (id uuid, name text, username text,"
                        + " at timestamptz, banned boolean, seen timestamptz)";
        Database.update(
                "INSERT INTO users (id, name, email, username, banned, created_at, updated_at)"
                        + " SELECT p.id, p.name, p.id || '@x.example', p.username, p.banned, p.at,"
                        + " p.at"
                        + from,
                json);
        Database.update(
                "UPDATE user_activity a SET last_seen_at = coalesce(p.seen, '-infinity')"
                        + from
                        + " WHERE a.user_id = p.id",
                json);
    }
}
