package dev.roster.platform.problem;

import com.fasterxml.jackson.databind.exc.IgnoredPropertyException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.PropertyBindingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What is wrong with a document, member by member. */
public final class Violations {

    private Violations() {}

    /**
     * Reads a part of a document, and has what is wrong with it name the part.
     *
     * @param part where it is, such as {@code users.3}
     * @throws ProblemException 400 as the document itself would be refused
     */
    public static <T> T within(String part, Supplier<T> read) {
        try {
            return read.get();
        } catch (ConstraintViolationException e) {
            throw within(part, of(e));
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof MismatchedInputException mismatch) {
                throw within(part, List.of(of(mismatch)));
            }
            throw e;
        } catch (ProblemException e) {
            if (e.code() != ProblemCode.VALIDATION_FAILED) {
                throw e;
            }
            throw within(part, e.violations());
        }
    }

    private static ProblemException within(String part, List<Violation> violations) {
        return new ProblemException(
                ProblemCode.VALIDATION_FAILED,
                null,
                violations.stream()
                        .map(
                                it ->
                                        Violation.body(
                                                it.field().isEmpty()
                                                        ? part
                                                        : part + "." + it.field(),
                                                it.message()))
                        .toList());
    }

    /** Every rule that is broken, in the order of the members. */
    static List<Violation> of(ConstraintViolationException e) {
        return e.getConstraintViolations().stream()
                .map(v -> new Violation(field(v), in(v), v.getMessage()))
                .sorted(Comparator.comparing(Violation::field).thenComparing(Violation::message))
                .toList();
    }

    /** The one member that has not the type it should have, or that nobody knows. */
    static Violation of(MismatchedInputException e) {
        String field =
                e.getPath().stream()
                        .map(
                                r ->
                                        r.getFieldName() == null
                                                ? String.valueOf(r.getIndex())
                                                : r.getFieldName())
                        .collect(Collectors.joining("."));
        if (e instanceof UnrecognizedPropertyException || e instanceof IgnoredPropertyException) {
            return Violation.body(((PropertyBindingException) e).getPropertyName(), "is unknown");
        }
        Class<?> expected = e.getTargetType();
        if (expected == LocalDate.class && e instanceof InvalidFormatException) {
            return Violation.body(field, "must be a date of the form YYYY-MM-DD");
        }
        if (expected == Instant.class) {
            return Violation.body(field, "must be a time of the form 2025-01-31T12:00:00Z");
        }
        return Violation.body(field, "must be " + jsonType(expected));
    }

    private static String jsonType(Class<?> type) {
        if (type == null) {
            return "of another type";
        }
        if (CharSequence.class.isAssignableFrom(type)) {
            return "a string";
        }
        if (type == LocalDate.class) {
            return "a string of the form YYYY-MM-DD";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
            return "a number";
        }
        return Iterable.class.isAssignableFrom(type) ? "an array" : "an object";
    }

    /** The property's own name: a method's violations carry method and parameter in front. */
    private static String field(ConstraintViolation<?> violation) {
        StringBuilder field = new StringBuilder();
        Iterator<Path.Node> nodes = violation.getPropertyPath().iterator();
        while (nodes.hasNext()) {
            Path.Node node = nodes.next();
            boolean named =
                    switch (node.getKind()) {
                        case PROPERTY -> true;
                        case PARAMETER -> !nodes.hasNext();
                        default -> false;
                    };
            if (named) {
                field.append(field.isEmpty() ? "" : ".").append(node.getName());
            }
        }
        return field.toString();
    }

    private static String in(ConstraintViolation<?> violation) {
        Path.Node last = null;
        for (Path.Node node : violation.getPropertyPath()) {
            last = node;
        }
        return last != null && last.getKind() == ElementKind.PARAMETER ? "path" : "body";
    }
}
