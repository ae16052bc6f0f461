package dev.roster.users;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.problem.Violation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaRepository;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The JSON Schema of the attributes of one circle. */
final class AttributeSchema {

    /** Names also stand in query parameters, such as {@code attributes.department}. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");

    private static final String BASE = "urn:roster:attributes";
    private static final String META = "https://json-schema.org/draft/2020-12/";
    private static final List<String> META_SCHEMAS =
            List.of(
                    "schema",
                    "meta/core",
                    "meta/applicator",
                    "meta/validation",
                    "meta/meta-data",
                    "meta/format-annotation",
                    "meta/content",
                    "meta/unevaluated");

    private static final Set<String> SCHEMA_MAPS =
            Set.of("properties", "$defs", "definitions", "dependentSchemas");
    private static final Set<String> SCHEMA_LISTS =
            Set.of("prefixItems", "allOf", "anyOf", "oneOf");
    private static final Set<String> SCHEMAS =
            Set.of(
                    "items",
                    "contains",
                    "additionalProperties",
                    "unevaluatedProperties",
                    "unevaluatedItems",
                    "propertyNames",
                    "not",
                    "if",
                    "then",
                    "else");

    /** What would make a schema hard to follow, or match names without any bound on the time. */
    private static final Set<String> REFUSED =
            Set.of(
                    "patternProperties",
                    "$dynamicRef",
                    "$dynamicAnchor",
                    "$recursiveRef",
                    "$recursiveAnchor",
                    "$anchor");

    /** Keywords whose fault only says that one further down did not hold. */
    private static final Set<String> WRAPPERS =
            Set.of("properties", "allOf", "items", "prefixItems", "$ref", "$dynamicRef", "if");

    /** In place of {@code pattern}, which the library would match without a bound on the time. */
    private static final String PATTERN_FORMAT = "roster-pattern-";

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private final List<Pattern> patterns = new ArrayList<>();
    private final Set<String> names = new TreeSet<>();
    private final Validator validator;

    private AttributeSchema(ObjectNode document) {
        requireValid(document);
        JsonNode properties = document.path("properties");
        properties.fieldNames().forEachRemaining(names::add);
        names.stream()
                .filter(name -> !NAME.matcher(name).matches())
                .findFirst()
                .ifPresent(
                        name -> {
                            throw new IllegalArgumentException(
                                    "names an attribute '"
                                            + name
                                            + "': write a letter, then up to 63 of letters, digits,"
                                            + " _ and -");
                        });
        if (document.has("additionalProperties")
                && !document.get("additionalProperties")
                        .equals(JsonNodeFactory.instance.booleanNode(false))) {
            throw new IllegalArgumentException(
                    "allows attributes that it does not name: leave out additionalProperties");
        }
        ObjectNode prepared = (ObjectNode) prepare(document);
        // unknown names are refused before, by a message of our own
        prepared.remove(List.of("additionalProperties", "$id", "$schema"));
        requireFinite(document, document, new LinkedHashSet<>());
        validator =
                Validator.create(
                        JsonSchema.of(vertx(prepared)),
                        options(),
                        (type, format, instance) -> match(format, instance));
    }

    /**
     * Reads a schema.
     *
     * @param text of the JSON document
     * @throws IllegalArgumentException where attributes cannot be held to it; the message continues
     *     the schema's name
     */
    static AttributeSchema parse(String text) {
        JsonNode document;
        try {
            document = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "is not well-formed JSON: " + e.getOriginalMessage());
        }
        if (!(document instanceof ObjectNode object)) {
            throw new IllegalArgumentException("is no JSON object");
        }
        return new AttributeSchema(object);
    }

    Set<String> names() {
        return names;
    }

    /** What is wrong with attributes of this circle, at most once for each. */
    Collection<Violation> violations(ObjectNode attributes) {
        return violations(errors(attributes));
    }

    /**
     * What is wrong with attributes that was not wrong before they were changed; of what is changed
     * everything.
     */
    Collection<Violation> violations(ObjectNode before, ObjectNode after) {
        List<OutputUnit> errors = errors(after);
        if (errors.isEmpty()) {
            return List.of();
        }
        Set<String> known = new HashSet<>();
        errors(before).stream()
                .filter(error -> isSame(attribute(error.getInstanceLocation()), before, after))
                .forEach(error -> known.add(fault(error)));
        return violations(errors.stream().filter(error -> !known.contains(fault(error))).toList());
    }

    /** True for the attributes as a whole too, whose faults name what they are about. */
    private static boolean isSame(String attribute, ObjectNode before, ObjectNode after) {
        return attribute.isEmpty() || Objects.equals(before.get(attribute), after.get(attribute));
    }

    private static String fault(OutputUnit error) {
        return error.getInstanceLocation()
                + " "
                + error.getKeywordLocation()
                + " "
                + error.getError();
    }

    private List<OutputUnit> errors(ObjectNode attributes) {
        OutputUnit result = validator.validate(vertx(attributes));
        return result.getValid() ? List.of() : result.getErrors();
    }

    private static Collection<Violation> violations(List<OutputUnit> errors) {
        Map<String, OutputUnit> first = new LinkedHashMap<>();
        for (OutputUnit error : errors) {
            String attribute = attribute(error.getInstanceLocation());
            OutputUnit known = first.get(attribute);
            if (known == null || WRAPPERS.contains(keyword(known))) {
                first.put(attribute, error);
            }
        }
        return first.values().stream().map(AttributeSchema::violation).toList();
    }

    private static Violation violation(OutputUnit error) {
        String location = error.getInstanceLocation().replaceFirst("^#/?", "");
        String path = location.replace('/', '.');
        return Violation.body(
                path.isEmpty() ? "attributes" : "attributes." + path,
                "breaks " + keyword(error) + " of its schema: " + error.getError());
    }

    /** The first step of a location such as {@code #/department/0}. */
    private static String attribute(String location) {
        return location.replaceFirst("^#/?", "").replaceFirst("/.*", "");
    }

    private static String keyword(OutputUnit error) {
        String location = error.getKeywordLocation();
        String last = location.substring(location.lastIndexOf('/') + 1);
        return location.matches(".*/allOf/\\d+/format") && error.getError().startsWith("does not")
                ? "pattern"
                : last;
    }

    // ---- reading a schema

    private static void requireValid(ObjectNode document) {
        SchemaRepository repository = SchemaRepository.create(options());
        META_SCHEMAS.forEach(
                name -> repository.dereference(META + name, JsonSchema.of(metaSchema(name))));
        OutputUnit result = repository.validator(META + "schema").validate(vertx(document));
        if (!result.getValid()) {
            OutputUnit deepest =
                    result.getErrors().stream()
                            .reduce((a, b) -> isMoreTelling(b, a) ? b : a)
                            .orElseThrow();
            throw new IllegalArgumentException(
                    "is no JSON Schema (2020-12) at "
                            + deepest.getInstanceLocation()
                            + ": "
                            + deepest.getError());
        }
    }

    private static boolean isMoreTelling(OutputUnit error, OutputUnit than) {
        return depth(error) > depth(than)
                || depth(error) == depth(than) && WRAPPERS.contains(keyword(than));
    }

    private static int depth(OutputUnit error) {
        return error.getInstanceLocation().split("/").length;
    }

    private static JsonObject metaSchema(String name) {
        try (InputStream in =
                Thread.currentThread()
                        .getContextClassLoader()
                        .getResourceAsStream("json-schema.org/draft/2020-12/" + name)) {
            return vertx((ObjectNode) JSON.readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonSchemaOptions options() {
        return new JsonSchemaOptions()
                .setBaseUri(BASE)
                .setDraft(Draft.DRAFT202012)
                .setOutputFormat(OutputFormat.Basic);
    }

    /**
     * The schema with each pattern replaced by a format of ours, which is matched in {@link
     * #match}.
     */
    private JsonNode prepare(JsonNode schema) {
        if (!(schema instanceof ObjectNode object)) {
            return schema;
        }
        ObjectNode prepared = object.objectNode();
        for (Map.Entry<String, JsonNode> keyword : object.properties()) {
            String name = keyword.getKey();
            JsonNode value = keyword.getValue();
            if (REFUSED.contains(name)) {
                throw new IllegalArgumentException("uses " + name + ", which is not supported");
            }
            if (SCHEMA_MAPS.contains(name)) {
                ObjectNode map = prepared.putObject(name);
                value.properties().forEach(e -> map.set(e.getKey(), prepare(e.getValue())));
            } else if (SCHEMA_LISTS.contains(name)) {
                var list = prepared.putArray(name);
                value.forEach(element -> list.add(prepare(element)));
            } else if (SCHEMAS.contains(name)) {
                prepared.set(name, prepare(value));
            } else if (!name.equals("pattern")) {
                // the library expects 2 where the schema may say 2.0
                prepared.set(
                        name,
                        value.isFloatingPointNumber() && value.doubleValue() == value.longValue()
                                ? JsonNodeFactory.instance.numberNode(value.longValue())
                                : value);
            }
        }
        if (object.has("pattern")) {
            prepared.withArray("allOf").addObject().put("format", compile(object.get("pattern")));
        }
        return prepared;
    }

    private String compile(JsonNode pattern) {
        try {
            patterns.add(Pattern.compile(pattern.textValue()));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "has a pattern that is none: " + e.getDescription() + " in " + pattern);
        }
        return PATTERN_FORMAT + (patterns.size() - 1);
    }

    /** Refuses references out of the document, to nothing, and in circles. */
    private static void requireFinite(ObjectNode root, JsonNode schema, Set<String> path) {
        for (JsonNode reference : schema.findValues("$ref")) {
            String target = reference.asText();
            JsonNode referred =
                    target.startsWith("#/") ? root.at(target.substring(1)) : root.missingNode();
            if (referred.isMissingNode()) {
                throw new IllegalArgumentException(
                        "refers to "
                                + target
                                + ": only places of its own can be, such as #/$defs/x");
            }
            if (!path.add(target)) {
                throw new IllegalArgumentException("refers in a circle, by " + target);
            }
            requireFinite(root, referred, path);
            path.remove(target);
        }
    }

    // ---- matching

    private String match(String format, Object instance) {
        if (format == null
                || !format.startsWith(PATTERN_FORMAT)
                || !(instance instanceof String text)) {
            return null;
        }
        int number = Integer.parseInt(format.substring(PATTERN_FORMAT.length()));
        return BoundedMatching.objection(patterns.get(number), text);
    }

    // ---- the library's own tree

    private static JsonObject vertx(ObjectNode node) {
        return (JsonObject) value(node);
    }

    private static Object value(JsonNode node) {
        if (node.isObject()) {
            JsonObject object = new JsonObject();
            node.properties()
                    .forEach(member -> object.put(member.getKey(), value(member.getValue())));
            return object;
        }
        if (node.isArray()) {
            JsonArray array = new JsonArray();
            node.forEach(element -> array.add(value(element)));
            return array;
        }
        if (node.isNumber()) {
            // the library compares an exact number by its digits: 19.90 would not be 19.9
            return node.isBigDecimal() || node.isBigInteger()
                    ? (Number) node.doubleValue()
                    : node.numberValue();
        }
        return node.isNull() ? null : node.isBoolean() ? node.booleanValue() : node.textValue();
    }
}
