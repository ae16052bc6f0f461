package dev.roster.directory.administration;

import dev.roster.platform.json.Times;
import dev.roster.users.Users;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Future;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Why and until when a user is kept out. */
@RegisterForReflection
public record BanRequest(
        @Size(min = 1, max = Users.Ban.MAX_REASON)
                @Schema(nullable = true, examples = "Sends advertisements")
                String reason,
        @Future
                @Schema(
                        nullable = true,
                        description = "Null or left out for ever",
                        examples = "2125-01-01T00:00:00.000Z")
                Instant until) {

    @AssertTrue(message = "must be before the year 10000")
    @Schema(hidden = true)
    boolean isUntil() {
        return until == null || Times.isStorable(until);
    }
}
