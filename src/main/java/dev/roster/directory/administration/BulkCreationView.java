package dev.roster.directory.administration;

import dev.roster.platform.problem.ProblemCode;
import dev.roster.platform.problem.Violation;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What became of accounts to be made; in the order in which they were asked for. */
@RegisterForReflection
@Schema(name = "BulkCreationResult")
public record BulkCreationView(int created, int refused, boolean dryRun, List<Item> results) {

    /** What became of one. */
    @RegisterForReflection
    @Schema(name = "BulkCreationItem")
    public record Item(
            int index,
            @Schema(enumeration = {"created", "refused"}) String status,
            @Schema(nullable = true, description = "None for a dry run") UUID id,
            @Schema(nullable = true, examples = "email_taken") String code,
            List<Violation> violations) {

        static Item created(int index, UUID id) {
            return new Item(index, "created", id, null, List.of());
        }

        static Item refused(int index, ProblemCode code, List<Violation> violations) {
            return new Item(index, "refused", null, code.key(), violations);
        }
    }
}
