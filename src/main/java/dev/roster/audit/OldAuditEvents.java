package dev.roster.audit;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Instant;

/**
 * Months of the trail whose time is over. On the way it makes the partitions of the months to come,
 * and seals what a replica that died left behind.
 */
@ApplicationScoped
class OldAuditEvents implements PurgeTask {

    private final EntityManager entityManager;
    private final AuditChain chain;
    private final AuditConfig config;

    OldAuditEvents(EntityManager entityManager, AuditChain chain, AuditConfig config) {
        this.entityManager = entityManager;
        this.chain = chain;
        this.config = config;
    }

    @Override
    public String name() {
        return "old-audit-events";
    }

    /** Drops whole months, whatever the limit: that costs the same for any number of events. */
    @Override
    public int purge(Instant now, int limit) {
        chain.sealBatch();
        entityManager
                .createNativeQuery("SELECT audit_partitions_make()", Integer.class)
                .getSingleResult();
        if (config.keep().isZero()) {
            return 0;
        }
        Long dropped =
                (Long)
                        entityManager
                                .createNativeQuery(
                                        "SELECT audit_partitions_drop(:before)", Long.class)
                                .setParameter("before", now.minus(config.keep()))
                                .getSingleResult();
        return (int) Math.min(dropped, Integer.MAX_VALUE);
    }
}
