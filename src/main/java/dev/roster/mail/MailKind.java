package dev.roster.mail;

import java.util.Locale;
import java.util.Set;

/** The mails there are, and what the template of each is filled with. */
public enum MailKind {
    VERIFY_EMAIL("name", "url"),
    RESET_PASSWORD("name", "url"),
    /** To somebody for whom an administrator made an account. */
    SET_PASSWORD("name", "url"),
    /** An administrator has voided the password. */
    CHANGE_PASSWORD("name", "url"),
    /** To the old address: a change was asked for. */
    CHANGE_EMAIL("name", "newEmail", "url"),
    DELETE_ACCOUNT("name", "url"),
    MAGIC_LINK("url"),
    TWO_FACTOR_CODE("name", "code"),
    SIGN_IN_CODE("code"),
    EMAIL_CODE("code"),
    RESET_PASSWORD_CODE("code"),
    CHANGE_EMAIL_CODE("code"),
    INVITATION("organization", "inviter", "role", "url");

    private final Set<String> fields;

    MailKind(String... fields) {
        this.fields = Set.of(fields);
    }

    /** The names of what the template is filled with, all of them needed. */
    public Set<String> fields() {
        return fields;
    }

    /** The file name of the template, such as {@code verify-email}. */
    public String template() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
