package dev.roster.directory.search;

import dev.roster.platform.problem.ProblemException;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

/**
 * The filter in a query, for the description of the interface: {@link UserFilter} reads it.
 *
 * <p>All of them must hold; of a list with commas one.
 */
public class FilterParameters {

    /** OpenAPI knows no parameter whose name is open. */
    public static final String ATTRIBUTES =
            "`attributes.<name>=value`, any number of them, is a filter too: a custom attribute of"
                    + " the profile that is a text, a number or true or false; values with commas.";

    @QueryParam("q")
    @Parameter(
            description =
                    "Words, each of which a name, an address or a user name must hold, in any letter"
                            + " case, with or without accents. One or two ASCII letters, or one"
                            + " letter of another alphabet, are found at the beginning of a word"
                            + " only; Chinese, Japanese and Korean characters anywhere")
    String q;

    @QueryParam("role")
    @Parameter(description = "Names of roles, with commas", example = "admin,support")
    String role;

    @QueryParam("group")
    @Parameter(
            description =
                    "Ids or slugs of groups, with commas; who is in a group nested in one is in it"
                            + " too")
    String group;

    @QueryParam("status")
    @Parameter(description = "`active`, `invited`, with commas")
    String status;

    @QueryParam("banned")
    @Parameter(
            description = "Whether a ban keeps the user out now",
            schema = @Schema(type = SchemaType.BOOLEAN))
    String banned;

    @QueryParam("emailVerified")
    @Parameter(schema = @Schema(type = SchemaType.BOOLEAN))
    String emailVerified;

    @QueryParam("createdFrom")
    @Parameter(description = "A date, or a time with its zone", example = "2026-01-31")
    String createdFrom;

    @QueryParam("createdTo")
    @Parameter(description = "The same, exclusive")
    String createdTo;

    @QueryParam("lastSeenFrom")
    @Parameter(description = "When the user last signed in: a date, or a time with its zone")
    String lastSeenFrom;

    @QueryParam("lastSeenTo")
    @Parameter(description = "The same, exclusive; who never did is not meant")
    String lastSeenTo;

    @QueryParam("minAge")
    @Parameter(
            description = "In years, by the birth date",
            schema = @Schema(type = SchemaType.INTEGER))
    String minAge;

    @QueryParam("maxAge")
    @Parameter(description = "The same, inclusive", schema = @Schema(type = SchemaType.INTEGER))
    String maxAge;

    @QueryParam("locale")
    @Parameter(description = "Of the profile, as it is there; with commas", example = "en-GB,fr")
    String locale;

    @QueryParam("hasProfile")
    @Parameter(
            description = "Whether the profile tells anything",
            schema = @Schema(type = SchemaType.BOOLEAN))
    String hasProfile;

    @QueryParam("deleted")
    @Parameter(
            description =
                    "`true` for the users who are deleted, and none else; needs the permission"
                            + " `users:delete`",
            schema = @Schema(type = SchemaType.BOOLEAN))
    String deleted;

    /**
     * The query's parameters by name.
     *
     * @param others what may be given beside the filter
     * @throws ProblemException 400, naming what is unknown or given twice
     */
    static Map<String, String> of(MultivaluedMap<String, String> query, Set<String> others) {
        Map<String, String> parameters = new HashMap<>();
        for (Map.Entry<String, List<String>> parameter : query.entrySet()) {
            String name = parameter.getKey();
            if (!UserFilter.isParameter(name) && !others.contains(name)) {
                throw ProblemException.invalidParameter(name, "is unknown");
            }
            if (parameter.getValue().size() > 1) {
                throw ProblemException.invalidParameter(
                        name, "is given twice; part values by commas");
            }
            parameters.put(name, parameter.getValue().get(0));
        }
        return parameters;
    }
}
