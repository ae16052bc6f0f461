package dev.roster.platform.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of an error: RFC 9457, with a stable code and the fields at fault. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@Schema(description = "RFC 9457 problem details")
public record Problem(
        @Schema(examples = "urn:roster:problem:validation_failed") String type,
        @Schema(examples = "The request does not meet the rules") String title,
        @Schema(examples = "400") int status,
        @Schema(description = "What is wrong with this very request") String detail,
        @Schema(examples = "validation_failed") String code,
        List<Violation> violations) {

    public static final String MEDIA_TYPE = "application/problem+json";

    public static Problem of(ProblemCode code, String detail, List<Violation> violations) {
        return new Problem(
                "urn:roster:problem:" + code.key(),
                code.title(),
                code.status(),
                detail,
                code.key(),
                violations);
    }
}
