package dev.roster.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Whether the trail is what it was when it was written. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.ALWAYS)
public record AuditVerification(
        boolean valid,
        @Schema(description = "Events that are as they were written") long verified,
        @Schema(description = "Of those, how many lost their details when a person was erased")
                long redacted,
        @Schema(description = "Links whose events had had their time and were dropped")
                long dropped,
        @Schema(description = "Links and events that are not as they were") long broken,
        @Schema(description = "Events that wait for their link") long unsealed,
        @Schema(
                        nullable = true,
                        description =
                                "The newest link. To be noted elsewhere, and sent as `head` of a"
                                        + " later verification: a trail whose end was cut off, or"
                                        + " that was written anew, does not have it",
                        examples =
                                "42-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
                String head,
        @Schema(nullable = true) Broken firstBroken) {

    /** The first thing that is wrong. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "BrokenLink")
    public record Broken(
            @Schema(
                            description =
                                    "`changed`: the event or its link is not as it was. `removed`:"
                                            + " the event is gone. `unlinked`: the link before it is"
                                            + " gone. `unknown`: the event was never put into the"
                                            + " chain. `head_missing`: the given head is no link")
                    String reason,
            @Schema(nullable = true) Long position,
            @Schema(nullable = true) UUID eventId,
            @Schema(nullable = true) Instant occurredAt) {}
}
