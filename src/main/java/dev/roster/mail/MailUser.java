package dev.roster.mail;

import java.util.List;

/**
 * Features that send mail. A bean of theirs says whether their settings make them do so, since
 * production is not started without a mail server then; {@code mail} knows no feature by name.
 */
public interface MailUser {

    /**
     * The settings that need mail, each as an operator would write it to do without, such as {@code
     * ROSTER_PLUGINS_MAGIC_LINK=false}; empty while no mail is needed.
     */
    List<String> mailIsNeededUnless();
}
