package dev.roster.mail;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;

/** Dev mode without a mail server: the mail is in the log, for its link or code to be copied. */
class LogTransport implements Transport {

    private static final Logger LOG = Logger.getLogger(LogTransport.class);

    @Override
    public CompletionStage<Void> send(RenderedMail mail) {
        LOG.infof("Mail to %s: %s%n%n%s", mail.recipient(), mail.subject(), mail.text());
        return CompletableFuture.completedFuture(null);
    }
}
