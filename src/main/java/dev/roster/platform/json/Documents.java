package dev.roster.platform.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.ProblemException;
import dev.roster.platform.problem.Violation;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Validator;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads request bodies into validated records; a whole document and a patch go the same way. */
@ApplicationScoped
public class Documents {

    /** Well below what the readers here, in PostgreSQL and at the clients give up at. */
    private static final int MAX_DEPTH = 100;

    private final ObjectMapper json;
    private final Validator validator;

    Documents(ObjectMapper json, Validator validator) {
        this.json = json;
        this.validator = validator;
    }

    /**
     * The body as a record of the type.
     *
     * @throws ProblemException 400 when there is no body, or a text that cannot be stored
     * @throws ConstraintViolationException when it breaks the type's rules
     */
    public <T> T read(ObjectNode body, Class<T> type) {
        requireStorable(body);
        T document = bind(body, type);
        Set<ConstraintViolation<T>> violations = validator.validate(document);
        if (!violations.isEmpty()) {
            throw new ConstraintViolationException(violations);
        }
        return document;
    }

    /**
     * Applies a merge patch (RFC 7396) to the current document. Only what the patch changes must
     * meet the type's rules: a stored member that breaks one does not stand in the way of others.
     */
    public <T> T patch(T current, ObjectNode patch, Class<T> type) {
        requireStorable(patch);
        // a member that is unknown is refused even where null would remove nothing
        bind(patch, type);
        return changed(current, MergePatch.apply(tree(current), patch), type);
    }

    /** The body in place of the current document; what stays as it was is not validated again. */
    public <T> T replace(T current, ObjectNode body, Class<T> type) {
        requireStorable(body);
        return changed(current, body, type);
    }

    private <T> T changed(T current, ObjectNode body, Class<T> type) {
        T document = bind(body, type);
        Set<ConstraintViolation<T>> violations = validator.validate(document);
        if (violations.isEmpty()) {
            return document;
        }
        ObjectNode before = tree(current);
        ObjectNode after = tree(document);
        Set<String> known =
                validator.validate(current).stream()
                        .filter(v -> isSame(member(v), before, after))
                        .map(Documents::fault)
                        .collect(Collectors.toSet());
        Set<ConstraintViolation<T>> made =
                violations.stream()
                        .filter(v -> !known.contains(fault(v)))
                        .collect(Collectors.toSet());
        if (!made.isEmpty()) {
            throw new ConstraintViolationException(made);
        }
        return document;
    }

    private static boolean isSame(String member, ObjectNode before, ObjectNode after) {
        return Objects.equals(before.get(member), after.get(member));
    }

    /** The member of the document that a rule was broken at or in. */
    private static String member(ConstraintViolation<?> violation) {
        return violation.getPropertyPath().iterator().next().getName();
    }

    private static String fault(ConstraintViolation<?> violation) {
        return violation.getPropertyPath() + ": " + violation.getMessage();
    }

    private <T> T bind(ObjectNode body, Class<T> type) {
        try {
            return json.treeToValue(body, type);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A record as a JSON object, with its nulls left out. */
    public ObjectNode tree(Object document) {
        ObjectNode tree = json.valueToTree(document);
        tree.properties().removeIf(member -> member.getValue().isNull());
        return tree;
    }

    /**
     * Refuses an absent body, and one that PostgreSQL cannot hold or nobody could read back.
     *
     * @throws ProblemException 400, naming the member
     */
    public static void requireStorable(ObjectNode body) {
        if (body == null) {
            throw new ProblemException(
                    ProblemCode.MALFORMED_JSON, "The body must be a JSON object", List.of());
        }
        requireStorable("", body, 1);
    }

    private static void requireStorable(String field, JsonNode node, int depth) {
        if (depth > MAX_DEPTH) {
            throw ProblemException.invalid(field, "is nested deeper than " + MAX_DEPTH + " levels");
        }
        if (node.isNumber() && !Numbers.isStorable(node)) {
            throw ProblemException.invalid(field, Numbers.TOO_LONG);
        }
        if (node.isTextual() && !Text.isStorable(node.textValue())) {
            throw new ProblemException(
                    ProblemCode.VALIDATION_FAILED,
                    null,
                    List.of(Violation.body(field, "holds characters that are not text")));
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            String path = field.isEmpty() ? member.getKey() : field + "." + member.getKey();
            if (!Text.isStorable(member.getKey())) {
                throw new ProblemException(
                        ProblemCode.VALIDATION_FAILED,
                        null,
                        List.of(Violation.body(field, "has a name that is not text")));
            }
            requireStorable(path, member.getValue(), depth + 1);
        }
        if (node.isArray()) {
            int index = 0;
            for (JsonNode element : node) {
                requireStorable(field + "." + index++, element, depth + 1);
            }
        }
    }
}
