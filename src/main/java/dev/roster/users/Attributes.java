package dev.roster.users;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.audit.AuditAction;
import dev.roster.audit.AuditLog;
import dev.roster.platform.crypto.Digests;
import dev.roster.platform.etag.EntityTags;
import dev.roster.platform.json.Documents;
import dev.roster.platform.json.MergePatch;
import dev.roster.platform.json.Numbers;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.problem.Violation;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.OptimisticLockException;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.core.EntityTag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * Custom attributes: one flat JSON object for each user, whose members belong to the circle whose
 * schema names them. What no schema names stays as it is, and nobody sees it here.
 */
@ApplicationScoped
public class Attributes {

    /** Before anything else is done at the start. */
    private static final int FIRST = 1;

    private static final int MAX_BYTES = 16 * 1024;

    public static final String TOO_LONG = "At most 16384 bytes of attributes";
    private static final int MAX_DEPTH = 8;
    private static final int MAX_ELEMENTS = 1000;

    private final AttributesConfig config;
    private final AuditLog audit;
    private final ObjectMapper json;
    private final Clock clock;
    private final Map<AttributeCircle, AttributeSchema> schemas =
            new EnumMap<>(AttributeCircle.class);
    private final Map<String, AttributeCircle> circles = new HashMap<>();

    Attributes(AttributesConfig config, AuditLog audit, ObjectMapper json, Clock clock) {
        this.config = config;
        this.audit = audit;
        this.json = json;
        this.clock = clock;
    }

    void load(@Observes @Priority(FIRST) StartupEvent started) {
        load(AttributeCircle.PUBLIC, config.publicSchema());
        load(AttributeCircle.SELF, config.selfSchema());
        load(AttributeCircle.ADMINISTRATORS, config.administratorsSchema());
    }

    private void load(AttributeCircle circle, Optional<String> setting) {
        if (setting.filter(text -> !text.isBlank()).isEmpty()) {
            return;
        }
        String variable = "ROSTER_ATTRIBUTES_" + circle + "_SCHEMA";
        AttributeSchema schema;
        try {
            schema = AttributeSchema.parse(text(setting.get().strip()));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(variable + " " + e.getMessage());
        }
        schemas.put(circle, schema);
        for (String name : schema.names()) {
            AttributeCircle other = circles.putIfAbsent(name, circle);
            if (other != null) {
                throw new ConfigurationException(
                        variable
                                + " names the attribute '"
                                + name
                                + "', which ROSTER_ATTRIBUTES_"
                                + other
                                + "_SCHEMA names too: it belongs to one circle");
            }
        }
    }

    private static String text(String setting) {
        if (setting.startsWith("{")) {
            return setting;
        }
        try {
            return Files.readString(Path.of(setting));
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(
                    "is neither a JSON object nor the path of a file that can be read: "
                            + e.getMessage());
        }
    }

    /** The attributes of these circles, each by its name. */
    public Set<String> names(Set<AttributeCircle> within) {
        Set<String> names = new TreeSet<>();
        within.stream()
                .filter(schemas::containsKey)
                .forEach(circle -> names.addAll(schemas.get(circle).names()));
        return names;
    }

    /**
     * What is wrong with attributes that shall be stored, by {@code attributes.<name>}; empty where
     * nothing is. Nothing is said of a circle without any of them.
     *
     * @param within the circles that the writer may write
     */
    public List<Violation> violations(Set<AttributeCircle> within, ObjectNode given) {
        List<Violation> violations = unknown(within, given);
        given.properties().forEach(member -> bound(member).ifPresent(violations::add));
        if (violations.isEmpty()) {
            byCircle(given)
                    .forEach(
                            (circle, part) ->
                                    violations.addAll(schemas.get(circle).violations(part)));
        }
        return violations;
    }

    /** The same words for what there is not and for what is out of the writer's reach. */
    private List<Violation> unknown(Set<AttributeCircle> within, ObjectNode given) {
        List<Violation> unknown = new ArrayList<>();
        given.fieldNames()
                .forEachRemaining(
                        name -> {
                            if (!isWithin(within, name)) {
                                unknown.add(
                                        Violation.body(
                                                "attributes." + name,
                                                "is no attribute that can be written here"));
                            }
                        });
        return unknown;
    }

    /** Whether it is more than is stored of one person. */
    public static boolean isTooLong(ObjectNode given) {
        return Numbers.bytes(given) > MAX_BYTES;
    }

    /**
     * Lets attributes pass that may be stored.
     *
     * @throws ProblemException 400, naming {@code attributes.<name>}; 413 over 16 KiB
     */
    public void validate(Set<AttributeCircle> within, ObjectNode given) {
        Documents.requireStorable(given);
        if (isTooLong(given)) {
            throw new ProblemException(ProblemCode.PAYLOAD_TOO_LARGE, TOO_LONG);
        }
        List<Violation> violations = violations(within, given);
        if (!violations.isEmpty()) {
            throw new ProblemException(ProblemCode.VALIDATION_FAILED, null, violations);
        }
    }

    /**
     * Lets a change of attributes pass that breaks no rule which was not broken before: what is
     * stored may be older than its schema.
     *
     * @throws ProblemException as {@link #validate} says
     */
    private void requireBetter(ObjectNode before, ObjectNode after) {
        if (isTooLong(after) && Numbers.bytes(after) > Numbers.bytes(before)) {
            throw new ProblemException(ProblemCode.PAYLOAD_TOO_LARGE, TOO_LONG);
        }
        List<Violation> violations = new ArrayList<>();
        Map<AttributeCircle, ObjectNode> stored = byCircle(before);
        byCircle(after)
                .forEach(
                        (circle, part) -> {
                            ObjectNode old = stored.getOrDefault(circle, json.createObjectNode());
                            List<Violation> unbounded = new ArrayList<>();
                            part.properties().stream()
                                    .filter(it -> !it.getValue().equals(old.get(it.getKey())))
                                    .forEach(it -> bound(it).ifPresent(unbounded::add));
                            violations.addAll(unbounded);
                            if (unbounded.isEmpty()) {
                                violations.addAll(schemas.get(circle).violations(old, part));
                            }
                        });
        if (!violations.isEmpty()) {
            throw new ProblemException(ProblemCode.VALIDATION_FAILED, null, violations);
        }
    }

    private Map<AttributeCircle, ObjectNode> byCircle(ObjectNode given) {
        Map<AttributeCircle, ObjectNode> parts = new EnumMap<>(AttributeCircle.class);
        given.properties().stream()
                .filter(member -> circles.containsKey(member.getKey()))
                .forEach(
                        member ->
                                parts.computeIfAbsent(
                                                circles.get(member.getKey()),
                                                c -> json.createObjectNode())
                                        .set(member.getKey(), member.getValue()));
        return parts;
    }

    private static Optional<Violation> bound(Map.Entry<String, JsonNode> member) {
        return Optional.ofNullable(outOfBounds(member.getValue(), 1))
                .map(fault -> Violation.body("attributes." + member.getKey(), fault));
    }

    /** What the validation cannot take, or not in time. */
    private static String outOfBounds(JsonNode value, int depth) {
        if (depth > MAX_DEPTH) {
            return "is nested deeper than " + MAX_DEPTH + " levels";
        }
        if (value.size() > MAX_ELEMENTS) {
            return "has more than " + MAX_ELEMENTS + " elements";
        }
        for (JsonNode element : value) {
            String problem = outOfBounds(element, depth + 1);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    /** The attributes that somebody sees, and their tag. */
    public record Seen(ObjectNode values, EntityTag tag) {}

    /** Who changes attributes, and the circles that he sees and those that he may write. */
    public record Writer(UUID id, Set<AttributeCircle> seen, Set<AttributeCircle> written) {}

    /**
     * The attributes of a user.
     *
     * @param seen the circles that the reader may see
     * @throws ProblemException 404 for no such user
     */
    public Seen read(UUID userId, Set<AttributeCircle> seen) {
        return see(parse(Profile.attributes(userId).orElseThrow(ProblemException::notFound)), seen);
    }

    /**
     * Replaces all attributes of the circles that the writer may write.
     *
     * @throws ProblemException 404 for no such user; 428 or 412 where the precondition fails; 400
     *     and 413 as {@link #validate} says
     */
    @Transactional
    public Seen replace(UUID userId, String ifMatch, Writer writer, ObjectNode values) {
        Documents.requireStorable(values);
        ObjectNode given = values.deepCopy();
        given.properties().removeIf(member -> member.getValue().isNull());
        return change(
                userId,
                ifMatch,
                writer,
                old -> {
                    validate(writer.written(), given);
                    return given;
                });
    }

    /**
     * Changes attributes by a merge patch (RFC 7396).
     *
     * @throws ProblemException as {@link #replace} says
     */
    @Transactional
    public Seen patch(UUID userId, String ifMatch, Writer writer, ObjectNode patch) {
        Documents.requireStorable(patch);
        return change(
                userId,
                ifMatch,
                writer,
                old -> {
                    // a name that is unknown is refused even where null would remove nothing
                    List<Violation> unknown = unknown(writer.written(), patch);
                    if (!unknown.isEmpty()) {
                        throw new ProblemException(ProblemCode.VALIDATION_FAILED, null, unknown);
                    }
                    Set<AttributeCircle> touched = EnumSet.noneOf(AttributeCircle.class);
                    patch.fieldNames().forEachRemaining(name -> touched.add(circles.get(name)));
                    ObjectNode patched = MergePatch.apply(old.deepCopy(), patch);
                    requireBetter(within(old, touched), within(patched, touched));
                    return patched;
                });
    }

    private Seen change(
            UUID userId, String ifMatch, Writer writer, UnaryOperator<ObjectNode> change) {
        String text = Profile.lockAttributes(userId).orElseThrow(ProblemException::notFound);
        ObjectNode before = parse(text);
        EntityTags.requireMatch(ifMatch, see(before, writer.seen()).tag());
        ObjectNode after = before.deepCopy();
        after.properties().removeIf(member -> isWithin(writer.written(), member.getKey()));
        after.setAll(change.apply(within(before, writer.written())));
        if (after.equals(before)) {
            return see(before, writer.seen());
        }
        String stored =
                Profile.putAttributes(userId, text, after.toString(), clock.instant())
                        .orElseThrow(OptimisticLockException::new);
        audit.record(AuditAction.ATTRIBUTES_UPDATED, writer.id(), "user", userId, before, after);
        return see(parse(stored), writer.seen());
    }

    private Seen see(ObjectNode all, Set<AttributeCircle> seen) {
        ObjectNode values = within(all, seen);
        return new Seen(
                values,
                new EntityTag(HexFormat.of().formatHex(Digests.sha256(values.toString()), 0, 16)));
    }

    /** The members that belong to these circles. */
    private ObjectNode within(ObjectNode all, Set<AttributeCircle> within) {
        ObjectNode values = json.createObjectNode();
        all.properties().stream()
                .filter(member -> isWithin(within, member.getKey()))
                .forEach(member -> values.set(member.getKey(), member.getValue()));
        return values;
    }

    private boolean isWithin(Set<AttributeCircle> within, String name) {
        AttributeCircle circle = circles.get(name);
        return circle != null && within.contains(circle);
    }

    private ObjectNode parse(String text) {
        try {
            return (ObjectNode) json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL writes well-formed jsonb", e);
        }
    }
}
