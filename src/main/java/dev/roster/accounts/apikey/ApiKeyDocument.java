package dev.roster.accounts.apikey;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What an administrator may change of a key, and its owner may not. */
@RegisterForReflection
public record ApiKeyDocument(
        @NotNull Boolean enabled,
        @Min(0) @Schema(nullable = true, description = "Uses that are left; null for any number")
                Integer remaining,
        @Min(1) @Schema(nullable = true, description = "What `remaining` becomes again, and again")
                Integer refillAmount,
        @Min(1) @Max(CENTURY) @Schema(nullable = true, description = "After how many milliseconds")
                Long refillInterval,
        @NotNull Boolean rateLimitEnabled,
        @Min(1) @Max(CENTURY) @Schema(nullable = true, description = "In milliseconds")
                Long rateLimitTimeWindow,
        @Min(1) @Schema(nullable = true, description = "Uses in a window") Integer rateLimitMax,
        @Size(max = 100)
                @Schema(
                        nullable = true,
                        description =
                                "What the key may do of what its owner may, by resource a list of"
                                        + " actions; null for all of it",
                        examples = "{\"users\":[\"read\"]}")
                Map<
                                @Pattern(regexp = NAME, message = NAME_MESSAGE) String,
                                @NotNull @Size(max = 100) List<
                                        @NotNull @Pattern(regexp = NAME, message = NAME_MESSAGE)
                                        String>>
                        permissions) {

    private static final long CENTURY = 3_155_760_000_000L;
    private static final String NAME = "\\S{1,100}";
    private static final String NAME_MESSAGE = "must be 1 to 100 characters without white space";

    @AssertTrue(message = "comes with refillInterval, and not alone")
    @Schema(hidden = true)
    boolean isRefillAmount() {
        return (refillAmount == null) == (refillInterval == null);
    }
}
