package dev.roster.directory.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A part of the list that is read by cursor.
 *
 * @param next where to read on; null at the end
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "UserSlice")
record UserSlice(
        List<FoundUser> items,
        @JsonInclude(JsonInclude.Include.ALWAYS)
                @Schema(
                        nullable = true,
                        description = "To be sent as `cursor` for what follows; null at the end")
                String next,
        @Schema(
                        description =
                                "With `q`: `exact`, or `similar` where nobody was found but by what"
                                        + " the words may be a slip of")
                Match match,
        @Schema(description = "How many match in all; with `total=bounded`") Long total,
        @Schema(description = "Whether the total is an estimate; with `total=bounded`")
                Boolean totalEstimated) {}
