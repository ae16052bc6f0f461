package dev.roster.jobs;

/** Ends a job for good. Whoever reads the job reads the message. */
public class JobFailure extends RuntimeException {

    public JobFailure(String message) {
        super(message);
    }
}
