package dev.roster.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.narayana.jta.QuarkusTransaction;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;

/** A job while a replica holds it. */
public final class JobRun {

    private final UUID id;
    private final UUID createdBy;
    private final ObjectNode parameters;
    private final boolean isNew;
    private final UUID lease;
    private final BooleanSupplier stopping;

    JobRun(
            UUID id,
            UUID createdBy,
            ObjectNode parameters,
            boolean isNew,
            UUID lease,
            BooleanSupplier stopping) {
        this.id = id;
        this.createdBy = createdBy;
        this.parameters = parameters;
        this.isNew = isNew;
        this.lease = lease;
        this.stopping = stopping;
    }

    /**
     * What a step did.
     *
     * @param position where the next one begins
     * @param last whether there is none
     */
    public record Step(
            long position,
            long processed,
            long succeeded,
            long skipped,
            long refused,
            boolean last) {}

    /** The job is cancelled, or another replica's, or this one stops. */
    static final class StoppedException extends RuntimeException {

        StoppedException() {
            super(null, null, false, false);
        }
    }

    public UUID id() {
        return id;
    }

    /** Null for a command's job, and where the user is gone. */
    public UUID createdBy() {
        return createdBy;
    }

    public ObjectNode parameters() {
        return parameters;
    }

    /** Whether no step has been done yet. */
    public boolean isNew() {
        return isNew;
    }

    /**
     * Does a step and notes it in the same transaction, which holds the job's row: what is
     * committed is committed with its mark, once, by whoever holds the lease.
     *
     * @param work from the position to what was done there
     * @return whether there are more steps
     */
    public boolean step(LongFunction<Step> work) {
        if (stopping.getAsBoolean()) {
            throw new StoppedException();
        }
        return QuarkusTransaction.requiringNew()
                .call(
                        () -> {
                            long position =
                                    Job.lockPosition(id, lease).orElseThrow(StoppedException::new);
                            Step step = work.apply(position);
                            Job.advance(id, step);
                            return !step.last();
                        });
    }
}
