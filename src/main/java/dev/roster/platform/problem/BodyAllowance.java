package dev.roster.platform.problem;

/** A path whose POST may bring more than {@code roster.max-body}; each bean is one. */
public interface BodyAllowance {

    /** The path as a client writes it, without a template. */
    String path();

    /** The most bytes; {@link Long#MAX_VALUE} for a stream of any length. */
    long bytes();
}
