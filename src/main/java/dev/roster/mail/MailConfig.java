package dev.roster.mail;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** How mail leaves. */
@ConfigMapping(prefix = "roster")
public interface MailConfig {

    /**
     * The mail server: see {@link SmtpUrl}. Without one dev mode logs the mails, and production
     * does not start while a feature needs mail.
     */
    Optional<String> smtpUrl();

    Mail mail();

    /** What the mails are like. */
    interface Mail {

        /**
         * The sender, {@code Name <address>}; the name is also what the mails call this service.
         * {@code Roster <no-reply@host of the base URL>} unless set.
         */
        Optional<String> from();

        /** BCP 47 tag of the language of mails to those who have chosen none that there is. */
        @WithDefault("en")
        String locale();

        /** A directory whose files take the place of the built-in templates of the same name. */
        Optional<Path> templates();

        /**
         * How often to look for mails that another replica left behind. One's own are sent right
         * after the commit and tried again when they are due, so this may be seldom, and should be
         * where the database sleeps while nobody uses it.
         */
        @WithDefault("10M")
        Duration pollEvery();

        /** How long the record of a mail is kept once it was sent or given up. */
        @WithDefault("7D")
        Duration keep();
    }
}
