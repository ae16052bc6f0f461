package dev.roster.directory.person;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An erasure that waits for another administrator. */
@RegisterForReflection
@Schema(name = "ErasureRequest")
public record ErasureRequestView(
        UUID userId,
        UUID requestedBy,
        @Schema(description = "Confirmed by then, or to be asked for anew") Instant expiresAt) {

    static ErasureRequestView of(ErasureRequest request) {
        return new ErasureRequestView(request.userId, request.requestedBy, request.expiresAt);
    }
}
