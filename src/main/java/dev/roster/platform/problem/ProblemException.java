package dev.roster.platform.problem;

import java.util.List;

/** Ends a request with a problem. The detail reaches the client. */
public class ProblemException extends RuntimeException {

    private final ProblemCode code;
    private final transient List<Violation> violations;

    public ProblemException(ProblemCode code, String detail) {
        this(code, detail, List.of());
    }

    public ProblemException(ProblemCode code, String detail, List<Violation> violations) {
        super(detail);
        this.code = code;
        this.violations = List.copyOf(violations);
    }

    /** One field of the body that breaks a rule: 400 {@code validation_failed}. */
    public static ProblemException invalid(String field, String message) {
        return new ProblemException(
                ProblemCode.VALIDATION_FAILED, null, List.of(Violation.body(field, message)));
    }

    /** One parameter of the query that breaks a rule: 400 {@code validation_failed}. */
    public static ProblemException invalidParameter(String name, String message) {
        return new ProblemException(
                ProblemCode.VALIDATION_FAILED,
                null,
                List.of(new Violation(name, "query", message)));
    }

    public static ProblemException notFound() {
        return new ProblemException(ProblemCode.NOT_FOUND, null);
    }

    public ProblemCode code() {
        return code;
    }

    public List<Violation> violations() {
        return violations;
    }
}
