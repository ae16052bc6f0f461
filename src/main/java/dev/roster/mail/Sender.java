package dev.roster.mail;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who the mails are from.
 *
 * @param name what the mails call this service
 */
record Sender(String name, String address) {

    private static final Pattern NAMED = Pattern.compile("\"?([^\"<>]*?)\"? *<([^<>]*)>");
    private static final Pattern ADDRESS =
            Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,255}");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cc}");

    /**
     * Reads {@code Name <address>}, or an address alone.
     *
     * @throws IllegalArgumentException when it is neither; the message continues the setting's name
     */
    static Sender parse(String text) {
        Matcher named = NAMED.matcher(text.strip());
        String name = named.matches() ? named.group(1).strip() : "";
        String address = named.matches() ? named.group(2).strip() : text.strip();
        if (!isAddress(address) || CONTROL.matcher(name).find()) {
            throw new IllegalArgumentException("is no sender: write Name <address@host>");
        }
        return new Sender(name.isEmpty() ? address : name, address);
    }

    /** Whether mail can be sent there: ASCII, and nothing that has a meaning in SMTP (RFC 5321). */
    static boolean isAddress(String text) {
        return ADDRESS.matcher(text).matches();
    }
}
