package dev.roster.mail;

import java.util.UUID;

/**
 * A mail as it goes out.
 *
 * @param id the row's, from which the {@code Message-ID} is made
 * @param locale BCP 47 tag of its language
 */
record RenderedMail(
        UUID id,
        MailKind kind,
        String recipient,
        String locale,
        String subject,
        String text,
        String html) {}
