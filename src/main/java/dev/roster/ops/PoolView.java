package dev.roster.ops;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How the connection pool of one replica is doing. */
@RegisterForReflection
@Schema(name = "Pool")
public record PoolView(
        @Schema(description = "Connections open at most") long max,
        @Schema(description = "Connections that are open") long size,
        long inUse,
        long idle,
        @Schema(description = "Requests that wait for a connection now") long waiting,
        @Schema(
                        description =
                                "Requests that have waited until a connection came back, all of them"
                                        + " being in use")
                long overflow,
        @Schema(description = "Connections that have been opened") long created,
        @Schema(description = "Connections that were held for longer than a minute") long leaks,
        @Schema(description = "The longest that a connection was or is in use, in milliseconds")
                long longestHold) {}
