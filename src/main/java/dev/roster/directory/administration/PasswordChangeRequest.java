package dev.roster.directory.administration;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Size;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Where the mailed link leads. */
@RegisterForReflection
public record PasswordChangeRequest(
        @Size(max = 2048)
                @Schema(
                        nullable = true,
                        description =
                                "A path, or a page of a trusted origin, with a token in the query",
                        examples = "/choose-password")
                String redirectTo) {}
