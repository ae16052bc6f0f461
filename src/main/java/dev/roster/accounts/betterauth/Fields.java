package dev.roster.accounts.betterauth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.json.Documents;
import dev.roster.platform.json.Text;
import dev.roster.platform.problem.ProblemException;
import jakarta.validation.Validator;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A body's members, read as the reference's validator (Zod 4) reads them: each fault is kept, and
 * {@link #check} tells of all at once. Members that nobody asks for are ignored.
 */
public final class Fields {

    private static final Pattern DECIMAL = Pattern.compile("([+-]?[0-9]{1,30}(\\.[0-9]{1,30})?)?");

    /** Elements of a list; each may become a parameter of a statement. */
    private static final int MAX_STRINGS = 100;

    private final ObjectNode body;

    /** What faults name the members by, such as {@code body.} or {@code body.data.}. */
    private final String prefix;

    private final List<String> issues;

    private final Validator validator;

    Fields(ObjectNode body, Validator validator) {
        this(body, "body.", new ArrayList<>(), validator);
        if (body == null) {
            issues.add("[body] Invalid input: expected object, received undefined");
        }
    }

    private Fields(ObjectNode body, String prefix, List<String> issues, Validator validator) {
        this.body = body;
        this.prefix = prefix;
        this.issues = issues;
        this.validator = validator;
    }

    /** The parameters of a query: each a string, or an array of strings where it is repeated. */
    static Fields ofQuery(ObjectNode query, Validator validator) {
        return new Fields(query, "query.", new ArrayList<>(), validator);
    }

    /** Whether the member is there, be it null. */
    public boolean has(String name) {
        return body != null && body.has(name);
    }

    /** Whether JavaScript takes the member for true. */
    public boolean isTruthy(String name) {
        JsonNode value = get(name);
        if (value == null || value.isNull()) {
            return false;
        }
        if (value.isTextual()) {
            return !value.textValue().isEmpty();
        }
        return value.isNumber()
                ? value.doubleValue() != 0
                : !value.isBoolean() || value.booleanValue();
    }

    /** Whether the member is a string. */
    public boolean isText(String name) {
        JsonNode value = get(name);
        return value != null && value.isTextual();
    }

    public boolean isNull(String name) {
        JsonNode value = get(name);
        return value != null && value.isNull();
    }

    /** A string that must be there; may be empty. */
    public String string(String name) {
        return string(name, "", text -> null);
    }

    /** A string that must be there and not empty. */
    public String nonEmpty(String name) {
        return string(
                name,
                "",
                text ->
                        text.isEmpty()
                                ? "Too small: expected string to have >=1 characters"
                                : null);
    }

    /** A string that must be there and look like this. */
    public String matching(String name, Predicate<String> shape, String message) {
        return string(name, "", text -> shape.test(text) ? null : message);
    }

    /** A string that must be there and be this one. */
    public void literal(String name, String expected) {
        JsonNode value = get(name);
        if (body != null && (value == null || !expected.equals(value.textValue()))) {
            fault(name, "Invalid input: expected \"" + expected + '"');
        }
    }

    /** A string or nothing; null is a fault. */
    public Optional<String> optionalString(String name) {
        return has(name) ? Optional.ofNullable(string(name)) : Optional.empty();
    }

    /** A string or nothing; null counts as nothing. */
    public Optional<String> nullableString(String name) {
        return isNull(name) ? Optional.empty() : optionalString(name);
    }

    /** A string that is not empty, or nothing; null is a fault. */
    public Optional<String> optionalNonEmpty(String name) {
        return has(name) ? Optional.ofNullable(nonEmpty(name)) : Optional.empty();
    }

    /** One string of these or nothing. */
    public Optional<String> optionalOneOf(String name, List<String> options) {
        Optional<String> value = optionalString(name);
        if (value.isPresent() && !value.get().isEmpty() && !options.contains(value.get())) {
            fault(name, invalidOption(options));
        }
        return value.filter(options::contains);
    }

    /** One string of these, which must be there; empty where it is at fault. */
    public Optional<String> oneOf(String name, List<String> options) {
        JsonNode value = get(name);
        Optional<String> found =
                Optional.ofNullable(value).map(JsonNode::textValue).filter(options::contains);
        if (body != null && found.isEmpty()) {
            fault(name, invalidOption(options));
        }
        return found;
    }

    /** A string, or an array of no more than 100 of them, that must be there. */
    public List<String> strings(String name) {
        JsonNode value = get(name);
        List<String> texts = new ArrayList<>();
        if (value != null && value.isArray()) {
            value.forEach(element -> texts.add(element.textValue()));
        } else if (value != null) {
            texts.add(value.textValue());
        }
        if (body != null && value == null
                || texts.size() > MAX_STRINGS
                || texts.stream().anyMatch(text -> text == null || !Text.isStorable(text))) {
            fault(name, "Invalid input");
            return List.of();
        }
        return texts;
    }

    /** A string, an array of them, or nothing. */
    public Optional<List<String>> optionalStrings(String name) {
        return has(name) ? Optional.of(strings(name)) : Optional.empty();
    }

    /** An object of any members, or nothing; null is a fault, and so is what cannot be stored. */
    public Optional<ObjectNode> optionalObject(String name) {
        JsonNode value = get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof ObjectNode object)) {
            mismatch(name, "record", value);
            return Optional.empty();
        }
        try {
            Documents.requireStorable(object);
        } catch (ProblemException e) {
            fault(name, "Invalid input: nested too deep, or holds what cannot be stored");
        }
        return Optional.of(object);
    }

    /** An object of arrays of strings, or nothing. */
    public Optional<Map<String, List<String>>> optionalStringLists(String name) {
        return optionalObject(name)
                .map(
                        object -> {
                            Fields inside =
                                    new Fields(object, prefix + name + '.', issues, validator);
                            Map<String, List<String>> lists = new LinkedHashMap<>();
                            for (Map.Entry<String, JsonNode> member : object.properties()) {
                                if (!member.getValue().isArray()) {
                                    inside.mismatch(member.getKey(), "array", member.getValue());
                                }
                                lists.put(member.getKey(), inside.strings(member.getKey()));
                            }
                            return lists;
                        });
    }

    /** The members of an object that must be there; their faults are told with these. */
    public Fields object(String name) {
        JsonNode value = get(name);
        if (!(value instanceof ObjectNode)) {
            mismatch(name, "object", value);
        }
        return new Fields(
                value instanceof ObjectNode object ? object : null,
                prefix + name + '.',
                issues,
                validator);
    }

    /** Finds fault with a member, by a rule of the caller's own. */
    public void fault(String name, String message) {
        issues.add(issue(name) + message);
    }

    private String issue(String name) {
        return "[" + prefix + name + "] ";
    }

    /**
     * Holds a member to the rule that a record has for it, so that the rule is the same in both
     * APIs. A member with a fault of the contract's own gets no second one.
     *
     * @param given null passes
     * @param stored passes whatever the rule says: a change is judged by what it changes
     */
    public void hold(String name, Object given, Object stored, Class<?> record) {
        hold(name, given, stored, record, name);
    }

    /** The same where the record has another name for the member. */
    public void hold(String name, Object given, Object stored, Class<?> record, String component) {
        if (given != null
                && !given.equals(stored)
                && issues.stream().noneMatch(told -> told.startsWith(issue(name)))) {
            validator
                    .validateValue(record, component, given)
                    .forEach(violation -> fault(name, violation.getMessage()));
        }
    }

    /** A number of at least {@code min}, or nothing; null is a fault. */
    public Optional<Double> optionalNumber(String name, long min) {
        JsonNode value = get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isNumber()) {
            mismatch(name, "number", value);
            return Optional.empty();
        }
        if (value.doubleValue() < min) {
            fault(name, "Too small: expected number to be >=" + min);
        }
        return Optional.of(value.doubleValue());
    }

    /** The same where null counts as nothing. */
    public Optional<Double> nullableNumber(String name, long min) {
        return isNull(name) ? Optional.empty() : optionalNumber(name, min);
    }

    /**
     * How many, as a query has it: a whole number from 0 on, or nothing; an empty text is 0, and
     * what is more than an {@code int} holds is its largest.
     */
    public Optional<Integer> optionalCount(String name) {
        Optional<String> text = optionalString(name).map(String::trim);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!DECIMAL.matcher(text.get()).matches()) {
            fault(name, "Invalid input: expected number, received NaN");
            return Optional.empty();
        }
        BigDecimal number = text.get().isEmpty() ? BigDecimal.ZERO : new BigDecimal(text.get());
        if (number.stripTrailingZeros().scale() > 0) {
            fault(name, "Invalid input: expected int, received number");
            return Optional.empty();
        }
        if (number.signum() < 0) {
            fault(name, "Too small: expected number to be >=0");
            return Optional.empty();
        }
        return Optional.of(number.min(BigDecimal.valueOf(Integer.MAX_VALUE)).intValue());
    }

    /** A boolean or nothing. */
    public Optional<Boolean> optionalBoolean(String name) {
        JsonNode value = get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            mismatch(name, "boolean", value);
            return Optional.empty();
        }
        return Optional.of(value.booleanValue());
    }

    /** Finds fault with every member but these, where the dialect does not ignore them. */
    public void allowOnly(Set<String> names) {
        if (body != null) {
            body.properties().stream()
                    .map(Map.Entry::getKey)
                    .filter(name -> !names.contains(name))
                    .forEach(name -> issues.add("[body] Unrecognized key: \"" + name + '"'));
        }
    }

    /**
     * Ends the request where a member was at fault.
     *
     * @throws AuthException 400 VALIDATION_ERROR naming every member at fault
     */
    public void check() {
        if (!issues.isEmpty()) {
            throw AuthError.VALIDATION_ERROR.exception(String.join("; ", issues));
        }
    }

    private String string(String name, String fallback, UnaryOperator<String> fault) {
        JsonNode value = get(name);
        if (value == null || !value.isTextual()) {
            mismatch(name, "string", value);
            return fallback;
        }
        String text = value.textValue();
        String message =
                Text.isStorable(text)
                        ? fault.apply(text)
                        : "Invalid input: holds characters that are not text";
        if (message != null) {
            fault(name, message);
            return fallback;
        }
        return text;
    }

    private void mismatch(String name, String expected, JsonNode value) {
        if (body != null) {
            fault(
                    name,
                    "Invalid input: expected "
                            + expected
                            + ", received "
                            + (value == null ? "undefined" : kind(value)));
        }
    }

    private static String invalidOption(List<String> options) {
        return "Invalid option: expected one of \"" + String.join("\"|\"", options) + '"';
    }

    private JsonNode get(String name) {
        return body == null ? null : body.get(name);
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case NULL -> "null";
            case ARRAY -> "array";
            case BOOLEAN -> "boolean";
            case NUMBER -> "number";
            case STRING -> "string";
            default -> "object";
        };
    }
}
