package dev.roster.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A job as whoever started it sees it. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.ALWAYS)
public record JobView(
        UUID id,
        @Schema(examples = "users.import") String kind,
        @Schema(
                        enumeration = {"queued", "running", "done", "failed", "cancelled"},
                        examples = "running")
                String status,
        @JsonRawValue
                @Schema(
                        type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.OBJECT,
                        description = "What it was started with")
                String parameters,
        @Schema(description = "Rows there are", examples = "1000000") long total,
        @Schema(description = "Rows that were seen to", examples = "250000") long processed,
        @Schema(description = "Of these, rows that were taken", examples = "249000") long succeeded,
        @Schema(description = "Rows left out on purpose", examples = "900") long skipped,
        @Schema(description = "Rows that the report tells of", examples = "100") long refused,
        @Schema(nullable = true, description = "Since it last began", examples = "12500.5")
                Double rowsPerSecond,
        @Schema(nullable = true, description = "At this rate", examples = "60") Long secondsLeft,
        @Schema(nullable = true, description = "Why it failed") String error,
        @Schema(nullable = true, description = "Null for a command's") UUID createdBy,
        Instant createdAt,
        @Schema(nullable = true) Instant finishedAt) {

    static JobView of(Job job, Instant now) {
        Double rate = job.rate(now);
        return new JobView(
                job.id,
                job.kind,
                job.status,
                job.parameters,
                job.total,
                job.processed,
                job.succeeded,
                job.skipped,
                job.refused,
                rate == null ? null : Math.round(rate * 10) / 10.0,
                job.isFinished() || rate == null
                        ? null
                        : (long) Math.ceil((job.total - job.processed) / rate),
                job.error,
                job.createdBy,
                job.createdAt,
                job.finishedAt);
    }
}
