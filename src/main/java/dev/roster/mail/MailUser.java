package dev.roster.mail;

import java.util.Optional;

/**
 * A feature that sends mail. A bean for each says whether its settings make it do so, since
 * production is not started without a mail server then; {@code mail} knows no feature by name.
 */
public interface MailUser {

    /**
     * The setting that needs mail, as an operator would change it to do without, such as {@code
     * ROSTER_PLUGINS_MAGIC_LINK=false}; empty while no mail is needed.
     */
    Optional<String> mailIsNeededUnless();
}
