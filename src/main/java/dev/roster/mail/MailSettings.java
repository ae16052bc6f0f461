package dev.roster.mail;

import java.util.Map;
import java.util.function.Consumer;

/** What can be said of mail's settings before there is a framework to ask. */
public final class MailSettings {

    private MailSettings() {}

    /**
     * By environment variable, what reads a value and throws an {@link IllegalArgumentException}.
     */
    public static Map<String, Consumer<String>> readers() {
        return Map.of("ROSTER_SMTP_URL", SmtpUrl::parse, "ROSTER_MAIL_FROM", Sender::parse);
    }
}
