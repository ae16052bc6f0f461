package dev.roster.directory.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A part of the list by its number. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "UserPage")
record UserPage(
        List<FoundUser> items,
        int page,
        int size,
        @Schema(description = "How many match in all; not with `total=none`") Long total,
        @Schema(description = "Whether the total is an estimate; not with `total=none`")
                Boolean totalEstimated,
        @Schema(description = "By the total, at most those that are shown; not with `total=none`")
                Long pages,
        @Schema(
                        description =
                                "With `q`: `exact`, or `similar` where nobody was found but by what"
                                        + " the words may be a slip of")
                Match match) {}
