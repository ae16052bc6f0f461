package dev.roster.platform.problem;

import jakarta.ws.rs.core.UriInfo;
import java.util.Set;

/** What a request's query may hold. */
public final class Parameters {

    private Parameters() {}

    /**
     * Refuses what nobody would read: a mistyped filter must not select everything.
     *
     * @throws ProblemException 400, naming the parameter
     */
    public static void only(UriInfo uri, Set<String> known) {
        for (String name : uri.getQueryParameters().keySet()) {
            if (!known.contains(name)) {
                throw ProblemException.invalidParameter(name, "is unknown");
            }
            if (uri.getQueryParameters().get(name).size() > 1) {
                throw ProblemException.invalidParameter(name, "occurs twice");
            }
        }
    }

    /**
     * Whether the second one of two values was chosen.
     *
     * @param usual what holds where none was given
     * @throws ProblemException 400, naming the parameter
     */
    public static boolean choice(String name, String given, String usual, String other) {
        if (given == null || given.equals(usual)) {
            return false;
        }
        if (given.equals(other)) {
            return true;
        }
        throw ProblemException.invalidParameter(name, "must be " + usual + " or " + other);
    }
}
