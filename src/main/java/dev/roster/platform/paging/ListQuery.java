package dev.roster.platform.paging;

import dev.roster.platform.json.Text;
import dev.roster.platform.problem.Parameters;
import dev.roster.platform.problem.ProblemException;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The parameters of a list that is read by cursor: {@code cursor} and {@code size}, and what the
 * list knows beside them. What it does not know is refused, so that a misspelt filter is never
 * taken for none.
 */
public final class ListQuery {

    public static final int DEFAULT_SIZE = 20;
    public static final int MAX_SIZE = 100;

    private static final Set<String> PAGING = Set.of("cursor", "size");

    private final MultivaluedMap<String, String> parameters;

    private ListQuery(MultivaluedMap<String, String> parameters) {
        this.parameters = parameters;
    }

    /**
     * Reads the parameters of a request.
     *
     * @param names those that the list knows beside {@code cursor} and {@code size}
     * @throws ProblemException 400, naming the parameter that is unknown, there twice or no text
     */
    public static ListQuery of(UriInfo uri, String... names) {
        MultivaluedMap<String, String> parameters = uri.getQueryParameters();
        Set<String> known = new HashSet<>(PAGING);
        known.addAll(List.of(names));
        Parameters.only(uri, known);
        parameters.forEach(
                (name, values) -> {
                    if (!Text.isStorable(values.get(0))) {
                        throw ProblemException.invalidParameter(
                                name, "holds characters that are not text");
                    }
                });
        return new ListQuery(parameters);
    }

    /** The value of a parameter; an empty one counts for nothing. */
    public Optional<String> text(String name) {
        return Optional.ofNullable(parameters.getFirst(name)).filter(value -> !value.isEmpty());
    }

    /**
     * The same as an identifier.
     *
     * @throws ProblemException 400
     */
    public Optional<UUID> id(String name) {
        return text(name)
                .map(
                        value ->
                                uuid(value)
                                        .orElseThrow(
                                                () ->
                                                        ProblemException.invalidParameter(
                                                                name, "must be a UUID")));
    }

    /**
     * One of two words.
     *
     * @throws ProblemException 400
     */
    public boolean flag(String name) {
        String value = text(name).orElse("false");
        if (!List.of("true", "false").contains(value)) {
            throw ProblemException.invalidParameter(name, "must be true or false");
        }
        return value.equals("true");
    }

    public Optional<String> cursor() {
        return text("cursor");
    }

    /**
     * How many items are asked for.
     *
     * @throws ProblemException 400 below 1 and above {@link #MAX_SIZE}
     */
    public int size() {
        return text("size").map(ListQuery::size).orElse(DEFAULT_SIZE);
    }

    private static int size(String text) {
        int size = text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : 0;
        if (size < 1 || size > MAX_SIZE) {
            throw ProblemException.invalidParameter(
                    "size", "must be a whole number from 1 to " + MAX_SIZE);
        }
        return size;
    }

    /** The text as an identifier in its canonical form. */
    public static Optional<UUID> uuid(String text) {
        return text != null && text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
                ? Optional.of(UUID.fromString(text))
                : Optional.empty();
    }
}
