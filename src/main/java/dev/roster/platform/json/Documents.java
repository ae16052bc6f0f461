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
import java.util.Set;

/** Reads request bodies into validated records; a whole document and a patch go the same way. */
@ApplicationScoped
public class Documents {

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
        T document;
        try {
            document = json.treeToValue(body, type);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
        Set<ConstraintViolation<T>> violations = validator.validate(document);
        if (!violations.isEmpty()) {
            throw new ConstraintViolationException(violations);
        }
        return document;
    }

    /** The current document with a merge patch (RFC 7396) applied, validated as a whole. */
    public <T> T patch(T current, ObjectNode patch, Class<T> type) {
        requireStorable(patch);
        return read(MergePatch.apply(tree(current), patch), type);
    }

    /** A record as a JSON object, with its nulls left out. */
    public ObjectNode tree(Object document) {
        ObjectNode tree = json.valueToTree(document);
        tree.properties().removeIf(member -> member.getValue().isNull());
        return tree;
    }

    /**
     * Refuses an absent body, and one whose texts PostgreSQL cannot hold.
     *
     * @throws ProblemException 400, naming the member
     */
    public static void requireStorable(ObjectNode body) {
        if (body == null) {
            throw new ProblemException(
                    ProblemCode.MALFORMED_JSON, "The body must be a JSON object", List.of());
        }
        requireStorable("", body);
    }

    private static void requireStorable(String field, JsonNode node) {
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
            requireStorable(path, member.getValue());
        }
        if (node.isArray()) {
            int index = 0;
            for (JsonNode element : node) {
                requireStorable(field + "." + index++, element);
            }
        }
    }
}
