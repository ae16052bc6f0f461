package dev.roster.platform.problem;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** One rule that one field broke. */
public record Violation(
        @Schema(examples = "birthDate") String field,
        @Schema(
                        description = "Where the field stood",
                        enumeration = {"body", "path", "query", "header"},
                        examples = "body")
                String in,
        @Schema(examples = "must be a past date") String message) {

    public static Violation body(String field, String message) {
        return new Violation(field, "body", message);
    }
}
