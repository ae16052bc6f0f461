package dev.roster.directory.administration;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How many users a request meant and changed. */
@RegisterForReflection
@Schema(name = "BulkChangeResult")
public record BulkChangeView(
        @Schema(description = "Whom the caller may change among those who were meant") int matched,
        @Schema(description = "Those who were not so before; none in a dry run") int changed,
        @Schema(description = "Whom a filter matched, but the caller may not change") int leftOut,
        boolean dryRun,
        @Schema(description = "The first of those who matched") List<Sample> sample) {

    /** One of them. */
    @RegisterForReflection
    @Schema(name = "BulkChangeSample")
    public record Sample(
            UUID id,
            String name,
            @Schema(nullable = true, description = "For those alone who may read every user")
                    String email) {}
}
