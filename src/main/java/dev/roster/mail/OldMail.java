package dev.roster.mail;

import dev.roster.platform.jobs.PurgeTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;

/** Records of mails that were sent or given up long ago. */
@ApplicationScoped
class OldMail implements PurgeTask {

    private final MailConfig config;

    OldMail(MailConfig config) {
        this.config = config;
    }

    @Override
    public String name() {
        return "old-mail";
    }

    @Override
    public int purge(Instant now, int limit) {
        return OutboxMail.getEntityManager()
                .createNativeQuery(
                        "DELETE FROM mail_outbox WHERE id IN (SELECT id FROM mail_outbox WHERE"
                                + " created_at <= :before AND (sent_at <= :before OR failed_at <="
                                + " :before) ORDER BY created_at LIMIT :limit FOR UPDATE SKIP"
                                + " LOCKED)")
                .setParameter("before", now.minus(config.mail().keep()))
                .setParameter("limit", limit)
                .executeUpdate();
    }
}
